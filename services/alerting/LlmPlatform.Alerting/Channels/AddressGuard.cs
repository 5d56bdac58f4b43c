using System.Net;
using System.Net.Sockets;

namespace LlmPlatform.Alerting.Channels;

/// <summary>
/// Connects to public addresses only, and to those that the options allow: a name that leads into the house would make
/// the platform speak, as itself, to what is hidden there. The address that was looked at is the one that is connected
/// to, so that a name cannot mean another a moment later.
/// </summary>
internal sealed class AddressGuard(ChannelOptions options)
{
    // What IANA's registries of special-purpose addresses call not globally reachable, and multicast.
    private static readonly IPNetwork[] Inside =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16",
            "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    // Addresses that hold one of IPv4 in their last bytes: what counts is where that leads.
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    private readonly IPNetwork[] _allowed =
        [.. (options.AllowedNetworks ?? []).Select(network => IPNetwork.Parse(network))];

    /// <summary>Whether an address may be connected to.</summary>
    public bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
            : Translated.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(12))
            : address;
        return _allowed.Any(network => network.Contains(plain))
            || !Inside.Any(network => network.Contains(plain));
    }

    /// <summary>Opens the connection that a request needs.</summary>
    /// <exception cref="AddressRefusedException">The name has no address that is allowed.</exception>
    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var found = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        var allowed = found.Where(Allows).ToArray();
        if (allowed.Length == 0)
            throw new AddressRefusedException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
