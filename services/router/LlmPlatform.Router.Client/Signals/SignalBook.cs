using System.Collections.Concurrent;

namespace LlmPlatform.Router.Client;

/// <summary>
/// The signals of every deployment, by provider and its model: what was learned outlives the snapshot it was learned
/// under. Two published models on one deployment share them.
/// </summary>
public sealed class SignalBook
{
    private const int MostNamedByCallers = 1024;

    private readonly ConcurrentDictionary<(string Provider, string Model), DeploymentSignals> _published = new();
    private readonly ConcurrentDictionary<(string Provider, string Model), DeploymentSignals> _named = new();
    private readonly ConcurrentDictionary<(string Model, int Priority), RotationTurn> _turns = new();
    private int _namedCount;

    /// <summary>Of all published deployments.</summary>
    public IEnumerable<KeyValuePair<(string Provider, string Model), DeploymentSignals>> Published => _published;

    /// <summary>How many deployments are known.</summary>
    public int Count => _published.Count + Volatile.Read(ref _namedCount);

    /// <summary>The signals of a published deployment, new ones where nothing is known of it.</summary>
    /// <param name="provider">The provider's configured name.</param>
    /// <param name="model">The provider's own model name.</param>
    public DeploymentSignals Of(string provider, string model) =>
        _published.GetOrAdd((provider, model), static _ => new DeploymentSignals());

    /// <summary>All that is known of published deployments at a moment.</summary>
    /// <param name="snapshotVersion">What plans are made from.</param>
    /// <param name="now">The moment.</param>
    public SignalReading Read(long snapshotVersion, long now) => new()
    {
        SnapshotVersion = snapshotVersion,
        Deployments = [.. _published.Select(known => known.Value.Read(known.Key.Provider, known.Key.Model, now))],
        Turns = [.. _turns.Select(turn => new TurnReading(turn.Key.Model, turn.Key.Priority, turn.Value.Peek()))],
    };

    /// <summary>The same signals again, for plans that are made elsewhere.</summary>
    /// <param name="reading">What an edge knew.</param>
    /// <param name="now">The present moment there.</param>
    public static SignalBook Of(SignalReading reading, long now)
    {
        var book = new SignalBook();
        foreach (var deployment in reading.Deployments)
            book._published[(deployment.Provider, deployment.Model)] = DeploymentSignals.Of(deployment, now);
        foreach (var turn in reading.Turns)
            book._turns[(turn.Model, turn.Priority)] = new RotationTurn(turn.Next);
        return book;
    }

    /// <summary>Forgets what the snapshot does not have, unless it is being called.</summary>
    /// <param name="snapshot">The newest.</param>
    public void KeepOnly(RoutingSnapshot snapshot)
    {
        var known = snapshot.Models
            .SelectMany(model => model.Deployments)
            .Select(deployment => (deployment.Provider, deployment.Model))
            .ToHashSet();
        foreach (var (key, signals) in _published)
        {
            if (signals.InFlight == 0 && !known.Contains(key))
                _published.TryRemove(key, out _);
        }
    }

    /// <summary>
    /// The signals of a deployment that only its caller names. Of these there may be any number, so beyond a bound they
    /// are not remembered.
    /// </summary>
    internal DeploymentSignals OfNamed(string provider, string model)
    {
        if (_named.TryGetValue((provider, model), out var known))
            return known;
        var signals = new DeploymentSignals();
        if (Volatile.Read(ref _namedCount) >= MostNamedByCallers)
            return signals;
        known = _named.GetOrAdd((provider, model), signals);
        if (ReferenceEquals(known, signals))
            Interlocked.Increment(ref _namedCount);
        return known;
    }

    internal RotationTurn TurnOf(string model, int priority) =>
        _turns.GetOrAdd((model, priority), static _ => new RotationTurn());
}
