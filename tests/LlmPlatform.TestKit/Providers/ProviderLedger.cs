namespace LlmPlatform.TestKit.Providers;

/// <summary>
/// Every call a <see cref="FakeProvider"/> took, in order of arrival: the oracle of what must be billed. A call closes
/// a moment after its last byte has left: wait until <see cref="Open"/> is 0 before comparing.
/// </summary>
public sealed class ProviderLedger
{
    private readonly Lock _gate = new();
    private readonly List<ProviderAttempt> _attempts = [];

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

    internal int Add(ProviderAttempt attempt)
    {
        lock (_gate)
        {
            _attempts.Add(attempt);
            return _attempts.Count - 1;
        }
    }

    internal void Change(int index, Func<ProviderAttempt, ProviderAttempt> change)
    {
        lock (_gate)
            _attempts[index] = change(_attempts[index]);
    }
}
