using System.Net;
using System.Net.Sockets;

namespace LlmPlatform.TestKit.Network;

/// <summary>
/// A loopback port of one test alone, whether or not anybody listens on it: a server that goes away finds it free when
/// it comes back, and meanwhile whoever connects is refused. Nothing else on the machine is given it.
/// </summary>
public sealed class HeldPort : IDisposable
{
    // Bound and never listening. Sockets of .NET may share a port with one that does not listen; the system gives it
    // neither to those that ask for any port nor to outgoing connections, one of which could reach itself there.
    private readonly Socket _holder = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public HeldPort()
    {
        _holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Number = ((IPEndPoint)_holder.LocalEndPoint!).Port;
    }

    public int Number { get; }

    public void Dispose() => _holder.Dispose();
}
