namespace LlmPlatform.TestKit.Providers;

/// <summary>
/// Every call a <see cref="FakeProvider"/> took, in order of arrival: the oracle of what must be billed. A call closes
/// a moment after its last byte has left: wait until <see cref="Open"/> is 0 before comparing, or ask for
/// <see cref="ClosedAsync"/>.
/// </summary>
public sealed class ProviderLedger
{
    private readonly Lock _gate = new();
    private readonly List<ProviderAttempt> _attempts = [];
    private int _forgotten;

    /// <summary>A snapshot.</summary>
    public IReadOnlyList<ProviderAttempt> Attempts
    {
        get
        {
            lock (_gate)
                return [.. _attempts];
        }
    }

    /// <summary>Those answered in full, of a snapshot.</summary>
    public IReadOnlyList<ProviderAttempt> Completed =>
        [.. Attempts.Where(attempt => attempt.Outcome == AttemptOutcome.Completed)];

    /// <summary>Calls being answered now.</summary>
    public int Open => Attempts.Count(attempt => attempt.Outcome == AttemptOutcome.Open);

    /// <summary>The calls of a model, or of all, once none of them is being answered.</summary>
    /// <exception cref="TimeoutException">One is, after a minute.</exception>
    public Task<List<ProviderAttempt>> ClosedAsync(string? model, CancellationToken cancellationToken) =>
        Eventually.UntilAsync(
            () => Task.FromResult(Attempts.Where(attempt => model is null || attempt.Model == model).ToList()),
            attempts => attempts.TrueForAll(attempt => attempt.Outcome != AttemptOutcome.Open),
            TimeSpan.FromMinutes(1),
            "the provider has closed its books",
            cancellationToken);

    /// <summary>Drops all lines, for tests that call so often that memory matters.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _forgotten += _attempts.Count;
            _attempts.Clear();
        }
    }

    internal int Add(ProviderAttempt attempt)
    {
        lock (_gate)
        {
            _attempts.Add(attempt);
            return _forgotten + _attempts.Count - 1;
        }
    }

    internal void Change(int index, Func<ProviderAttempt, ProviderAttempt> change)
    {
        lock (_gate)
        {
            var at = index - _forgotten;
            if (at >= 0)
                _attempts[at] = change(_attempts[at]);
        }
    }
}
