using LlmPlatform.Scenarios.Calls;
using LlmPlatform.TestKit;

namespace LlmPlatform.Scenarios.Outages;

/// <summary>A tenant's callers, that ask one thing after another until they are told to stop.</summary>
internal sealed class TenantLoad : IAsyncDisposable
{
    private const int Callers = 2;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(3);

    private readonly CancellationTokenSource _enough = new();
    private readonly Lock _gate = new();
    private readonly List<ChatResult> _results = [];
    private readonly Task _callers;

    public TenantLoad(Uri edge, string tenant, string key)
    {
        Tenant = tenant;
        _callers = Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => CallAsync(edge, new ChatCaller(key))));
    }

    public string Tenant { get; }

    /// <summary>All calls that have ended, in that order.</summary>
    public IReadOnlyList<ChatResult> Results
    {
        get
        {
            lock (_gate)
                return [.. _results];
        }
    }

    /// <summary>How many calls have ended: where a later stretch of <see cref="Results"/> begins.</summary>
    public int Mark => Results.Count;

    /// <summary>Waits until so many calls since a mark were served.</summary>
    public Task UntilServedAsync(int mark, int count) => UntilAsync(mark, count, call => call.Succeeded, "served");

    /// <summary>Waits until so many calls since a mark were refused because Redis is away.</summary>
    public Task UntilRefusedAsync(int mark, int count) =>
        UntilAsync(mark, count, call => call.ErrorCode == "quota_unavailable", "refused");

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

    private async Task UntilAsync(int mark, int count, Func<ChatResult, bool> isMeant, string what) =>
        await Eventually.UntilAsync(
            () => Task.FromResult(Results.Skip(mark).ToList()), results => results.Count(isMeant) >= count, _deadline,
            $"{count} calls of {Tenant} are {what}", TestContext.Current.CancellationToken);

    private async Task CallAsync(Uri edge, ChatCaller caller)
    {
        while (!_enough.IsCancellationRequested)
        {
            var result = await caller.CompleteAsync(
                edge, RedisAwayGround.Model, RedisAwayGround.MaxTokens, TestContext.Current.CancellationToken);
            lock (_gate)
                _results.Add(result);
            await Task.Delay(_pause, TestContext.Current.CancellationToken);
        }
    }
}
