using LlmPlatform.Chaos.Grounds;
using LlmPlatform.Scenarios.Calls;

namespace LlmPlatform.Chaos.Certificate;

/// <summary>
/// Callers as they are: most stream to the end, some want the answer whole, some leave in the middle, some meet a
/// provider that breaks off, or one that refuses so that another is asked.
/// </summary>
internal sealed class MixedLoad : IAsyncDisposable
{
    private static readonly TimeSpan _pauseOfRefused = TimeSpan.FromMilliseconds(250);

    private readonly ProvingGround _ground;
    private readonly CancellationTokenSource _enough = new();
    private readonly Task _callers;
    private int _calls;

    /// <param name="ground">Whom to ask.</param>
    /// <param name="callers">How many ask at once.</param>
    /// <param name="seed">The dice of the first caller; the others follow.</param>
    public MixedLoad(ProvingGround ground, int callers, int seed)
    {
        _ground = ground;
        _callers = Task.WhenAll(Enumerable.Range(0, callers).Select(caller => CallAsync(new Random(seed + caller))));
    }

    /// <summary>Lets every caller end what it has begun.</summary>
    public async Task StopAsync()
    {
        await _enough.CancelAsync();
        await _callers;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _enough.Dispose();
    }

    private async Task CallAsync(Random dice)
    {
        var edges = _ground.Platform.Edges;
        while (!_enough.IsCancellationRequested)
        {
            var edge = edges[dice.Next(edges.Count)];
            // Calls differ in what they use, so that no row is right by accident, and not by so much that what one
            // uses says nothing about another.
            var tokens = 400 + (Interlocked.Increment(ref _calls) % 200);
            var kind = dice.Next(100);
            var made = await _ground.CallAsync(edge, caller => AskAsync(caller, edge, tokens, kind, dice));
            if (!made.Result.Succeeded)
                await Task.Delay(_pauseOfRefused);
        }
    }

    private Task<ChatResult> AskAsync(ChatCaller caller, Uri edge, int tokens, int kind, Random dice)
    {
        var model = ProvingGround.ModelOf(1 + dice.Next(kind < 20 ? 4 : 2));
        switch (kind)
        {
            case < 65:
                return caller.StreamAsync(edge, model, tokens);
            case < 80:
                return caller.CompleteAsync(edge, ProvingGround.Quick, tokens);
            case < 88:
                return LeaveAsync(caller, edge, model, tokens, TimeSpan.FromMilliseconds(dice.Next(50, 900)));
            case < 94:
                return caller.StreamAsync(edge, ProvingGround.Breaking, tokens);
            default:
                _ground.Provider.RefuseNext(1, 503, model: model);
                return caller.StreamAsync(edge, model, tokens);
        }
    }

    private static async Task<ChatResult> LeaveAsync(
        ChatCaller caller, Uri edge, string model, int tokens, TimeSpan after)
    {
        using var leaving = new CancellationTokenSource(after);
        return await caller.StreamAsync(edge, model, tokens, cancellationToken: leaving.Token);
    }
}
