using LlmPlatform.Chaos.Faults;

namespace LlmPlatform.Chaos.Certificate;

/// <summary>
/// Deals faults in rounds, as a shuffled deck that has each of them once before any comes again.
/// </summary>
/// <param name="dice">Decide everything.</param>
/// <param name="envelopes">To deliver again.</param>
/// <param name="mostAtOnce">Faults of one round.</param>
internal sealed class FaultDeck(Random dice, CapturedEnvelopes envelopes, int mostAtOnce)
{
    private readonly List<Fault> _cards = [];

    /// <summary>Every fault was dealt as often as every other.</summary>
    public bool IsEmpty => _cards.Count == 0;

    /// <summary>What happens at once: one fault or several, each to something else.</summary>
    public IReadOnlyList<Fault> DealRound()
    {
        if (IsEmpty)
            Shuffle();
        var round = new List<Fault>();
        var wanted = dice.Next(1 + (mostAtOnce / 3), mostAtOnce + 1);
        while (round.Count < wanted && _cards.Find(card => Fits(card, round)) is { } next)
        {
            _cards.Remove(next);
            round.Add(next);
        }

        return round;
    }

    private static bool Fits(Fault next, List<Fault> round) =>
        round.Count == 0
        || (next.Target != Fault.Everything
            && round.TrueForAll(fault => fault.Target != Fault.Everything && fault.Target != next.Target));

    private void Shuffle()
    {
        var cards = Certificate.Faults.OfEveryKind(dice, envelopes).ToArray();
        dice.Shuffle(cards);
        _cards.AddRange(cards);
    }
}
