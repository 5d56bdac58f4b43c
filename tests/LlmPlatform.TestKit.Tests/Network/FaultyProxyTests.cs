using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LlmPlatform.TestKit.Network;

namespace LlmPlatform.TestKit.Tests.Network;

public sealed class FaultyProxyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_said_passes_and_comes_back_until_the_connection_is_cut()
    {
        using var echo = new Echo();
        await using var proxy = new FaultyProxy(echo.Port);
        using var caller = await CallAsync(proxy);
        Assert.Equal(7, await SayAsync(caller, 7));

        proxy.Delay = TimeSpan.FromMilliseconds(50);
        var waited = Stopwatch.StartNew();
        Assert.Equal(8, await SayAsync(caller, 8));
        Assert.True(waited.Elapsed >= 2 * proxy.Delay, $"{waited.Elapsed} is no delay");

        Assert.Equal(1, proxy.Cut());
        await Assert.ThrowsAnyAsync<Exception>(async () => Assert.NotEqual(-1, await SayAsync(caller, 9)));
        proxy.Heal();
        using var next = await CallAsync(proxy);
        Assert.Equal(10, await SayAsync(next, 10));
    }

    [Fact]
    public async Task What_is_held_back_arrives_when_the_network_is_well_again()
    {
        using var echo = new Echo();
        await using var proxy = new FaultyProxy(echo.Port);
        using var caller = await CallAsync(proxy);
        Assert.Equal(1, await SayAsync(caller, 1));

        proxy.Hang();
        var answer = SayAsync(caller, 2);
        await Task.Delay(100, Token);
        Assert.False(answer.IsCompleted);
        proxy.Heal();

        Assert.Equal(2, await answer);
    }

    private static async Task<Socket> CallAsync(FaultyProxy proxy)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, proxy.Port, Token);
        return socket;
    }

    // -1: the other side has ended the connection.
    private static async Task<int> SayAsync(Socket socket, byte what)
    {
        await socket.SendAsync(new[] { what }, Token);
        var answer = new byte[1];
        return await socket.ReceiveAsync(answer, Token) == 1 ? answer[0] : -1;
    }

    private sealed class Echo : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Echo()
        {
            _listener.Start();
            _ = ServeAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            while (true)
            {
                using var socket = await _listener.AcceptSocketAsync();
                var said = new byte[1];
                try
                {
                    while (await socket.ReceiveAsync(said) == 1)
                        await socket.SendAsync(said);
                }
                catch (SocketException)
                {
                    // Cut: the next caller, then.
                }
            }
        }
    }
}
