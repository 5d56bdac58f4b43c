using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Hosting.Sockets;

/// <summary>
/// Lets what follows on a socket run on the thread that heard of it, instead of a hop to the thread pool each time: a
/// hop costs more than most of what a proxy does with some bytes. The price: whatever blocks, or computes for long, on
/// that thread holds up every other socket of it. Only for a process whose every path was written for it.
/// </summary>
internal static class InlineSockets
{
    // Read by the runtime once, when the process opens its first socket.
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private const string On = "1";

    /// <summary>
    /// Turns it on for every socket of the process, unless the operator has set the runtime's own variable to something
    /// else. Call it before any socket exists.
    /// </summary>
    /// <returns>Whether it is on.</returns>
    public static bool TurnOn()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            Environment.SetEnvironmentVariable(Variable, On);
        }

        return Environment.GetEnvironmentVariable(Variable) == On;
    }

    /// <summary>Has the server do the same, and receive into large blocks.</summary>
    public static IServiceCollection AddInlineSockets(this IServiceCollection services) => services
        .Configure<SocketTransportOptions>(transport => transport.UnsafePreferInlineScheduling = true)
        .AddSingleton<IMemoryPoolFactory<byte>, LargeBlocks>();
}
