using System.Net.Sockets;
using System.Text;

namespace LlmPlatform.Edge.Tests.Requests;

/// <summary>A caller that reads a stream event by event, and may leave by a reset in the middle.</summary>
internal sealed class LeavingCaller : IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    private readonly TcpClient _client;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private string _seen = "";

    private LeavingCaller(TcpClient client) => _client = client;

    /// <summary>The events read so far, without their blank lines.</summary>
    public IReadOnlyList<string> Events => _seen.Split("\n\n")[..^1];

    /// <summary>Whether the answer has come to its end.</summary>
    public bool IsOver => _seen.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal);

    public static async Task<LeavingCaller> AskAsync(Uri address, string path, string key, string body)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        var request =
            $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {key}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request), TestContext.Current.CancellationToken);
        return new LeavingCaller(client);
    }

    /// <summary>Reads until so many events are there.</summary>
    /// <param name="events">How many.</param>
    /// <param name="patience">How long to wait for them.</param>
    /// <returns>Whether they came.</returns>
    public async Task<bool> ReadAsync(int events, TimeSpan patience)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(patience);
        try
        {
            while (Events.Count < events)
                await ReadSomeAsync(late.Token);
            return true;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public Task ReadToEndAsync() => ReadUntilAsync(_ => IsOver);

    /// <summary>Reads until the events are what is waited for.</summary>
    public async Task ReadUntilAsync(Predicate<IReadOnlyList<string>> isReached)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(_deadline);
        while (!isReached(Events))
            await ReadSomeAsync(late.Token);
    }

    /// <summary>Leaves without a word: what the other side finds is a reset connection.</summary>
    public void Leave()
    {
        _client.LingerState = new LingerOption(enable: true, seconds: 0);
        _client.Close();
    }

    public void Dispose() => _client.Dispose();

    // Names of events and what they hold are ASCII here; chunk sizes stand between events and harm no count.
    private async Task ReadSomeAsync(CancellationToken cancellationToken)
    {
        var read = await _client.GetStream().ReadAsync(_buffer, cancellationToken);
        Assert.True(read > 0, $"the connection ended: {_seen}");
        _seen += Encoding.ASCII.GetString(_buffer, 0, read);
    }
}
