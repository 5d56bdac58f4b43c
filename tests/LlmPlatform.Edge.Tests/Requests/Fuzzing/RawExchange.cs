using System.Net;
using System.Net.Sockets;

namespace LlmPlatform.Edge.Tests.Requests.Fuzzing;

/// <summary>Sends bytes over a connection of their own and reads what comes back until it ends.</summary>
internal static class RawExchange
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    public static async Task<RawAnswer> SendAsync(Uri address, FuzzedRequest request)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(_deadline);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Parse(address.Host), address.Port, late.Token);
        using var answer = new MemoryStream();
        try
        {
            for (var sent = 0; sent < request.Bytes.Length;)
                sent += await socket.SendAsync(request.Bytes.AsMemory(sent), late.Token);
            // What is announced and will not come is not waited for. Others do not close: that is to leave.
            if (request.IsBrokenHttp)
                socket.Shutdown(SocketShutdown.Send);
            var buffer = new byte[16 * 1024];
            while (await socket.ReceiveAsync(buffer, late.Token) is var read and > 0)
                answer.Write(buffer, 0, read);
        }
        catch (SocketException)
        {
            // The server has answered and closed before it had read everything.
        }

        return RawAnswer.Parse(answer.ToArray());
    }
}
