using LlmPlatform.TestKit;

namespace LlmPlatform.Chaos.Grounds;

/// <summary>Callers that ask one thing after another, over all edges, until they are told to stop.</summary>
internal sealed class Load : IAsyncDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan _pauseOfRefused = TimeSpan.FromMilliseconds(200);

    private readonly ProvingGround _ground;
    private readonly CancellationTokenSource _enough = new();
    private readonly Lock _gate = new();
    private readonly List<CallMade> _ended = [];
    private readonly Task _callers;

    /// <param name="ground">Whom to ask.</param>
    /// <param name="callers">How many ask at once.</param>
    public Load(ProvingGround ground, int callers)
    {
        _ground = ground;
        _callers = Task.WhenAll(Enumerable.Range(0, callers).Select(CallAsync));
    }

    /// <summary>The calls that have ended, a snapshot.</summary>
    public IReadOnlyList<CallMade> Ended
    {
        get
        {
            lock (_gate)
                return [.. _ended];
        }
    }

    /// <summary>Waits until so many more calls were served to their end.</summary>
    public Task UntilServedAsync(int more, string because)
    {
        var before = Ended.Count(call => call.Result.Succeeded);
        return Eventually.UntilAsync(
            () => Ended.Count(call => call.Result.Succeeded) >= before + more, _deadline, because,
            TestContext.Current.CancellationToken);
    }

    /// <summary>Lets every caller end what it has begun.</summary>
    public async Task<IReadOnlyList<CallMade>> StopAsync()
    {
        await _enough.CancelAsync();
        await _callers;
        return Ended;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _enough.Dispose();
    }

    private async Task CallAsync(int number)
    {
        var edges = _ground.Platform.Edges;
        for (var call = 0; !_enough.IsCancellationRequested; call++)
        {
            var made = await _ground.CallAsync(
                edges[number % edges.Count], length: 1 + (number % 2), maxTokens: 100 + (1000 * number) + call);
            lock (_gate)
                _ended.Add(made);
            // A refusal takes no time: without a pause they would be all there is to the load.
            if (!made.Result.Succeeded)
                await Task.Delay(_pauseOfRefused, TestContext.Current.CancellationToken);
        }
    }
}
