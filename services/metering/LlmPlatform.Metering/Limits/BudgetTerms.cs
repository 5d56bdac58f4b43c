using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money;

namespace LlmPlatform.Metering.Limits;

/// <summary>What a budget says, apart from what it is called and whom it is about.</summary>
internal sealed record BudgetTerms
{
    private const int BasisPointsOfOne = 10_000;

    /// <summary>0 in a budget of tokens.</summary>
    public required long LimitNanoUsd { get; init; }

    /// <summary>Null in a budget of money.</summary>
    public long? LimitTokens { get; init; }

    public required BudgetPeriodText Period { get; init; }

    /// <summary>The IANA zone whose midnights cut its periods.</summary>
    public required string TimeZone { get; init; }

    public required bool Enforce { get; init; }

    /// <summary>Whether streams hold a little at a time; where it is enforced only.</summary>
    public bool IsSoft { get; init; }

    /// <summary>Ascending, each once.</summary>
    public required IReadOnlyList<int> ThresholdBasisPoints { get; init; }

    public required IReadOnlyList<string> Channels { get; init; }

    public required IReadOnlyList<string> SharedUsers { get; init; }

    public static BudgetTerms Of(BudgetConfiguration declared) => new()
    {
        LimitNanoUsd = NanoUsd.FromUsd(declared.LimitUsd),
        LimitTokens = declared.LimitTokens,
        Period = declared.Period,
        TimeZone = declared.TimeZone,
        Enforce = declared.Mode == BudgetMode.Enforce,
        IsSoft = declared.Enforcement == BudgetEnforcement.Soft,
        ThresholdBasisPoints = BasisPointsOf(declared.Alerts),
        Channels = declared.Channels,
        SharedUsers = declared.SharedUsers,
    };

    public static int[] BasisPointsOf(IEnumerable<decimal> shares) =>
        [.. shares.Select(share => decimal.ToInt32(share * BasisPointsOfOne)).Distinct().Order()];

    public static decimal ShareOf(int basisPoints) => (decimal)basisPoints / BasisPointsOfOne;

    public bool SaysTheSameAs(BudgetTerms other) =>
        LimitNanoUsd == other.LimitNanoUsd
        && LimitTokens == other.LimitTokens
        && Period == other.Period
        && TimeZone == other.TimeZone
        && Enforce == other.Enforce
        && IsSoft == other.IsSoft
        && ThresholdBasisPoints.SequenceEqual(other.ThresholdBasisPoints)
        && Channels.SequenceEqual(other.Channels)
        && SharedUsers.SequenceEqual(other.SharedUsers);

    /// <summary>In words, for the audit trail.</summary>
    public string Describe() => FormattableString.Invariant(
        $"{LimitWords} {Period} in {TimeZone}, {EnforcementWords}, ")
        + $"alerts at {(ThresholdBasisPoints.Count == 0 ? "nothing" : string.Join(", ", ThresholdBasisPoints))} bp";

    private string EnforcementWords => Enforce ? IsSoft ? "enforced softly" : "enforced" : "tracked";

    private string LimitWords => LimitTokens is { } tokens
        ? FormattableString.Invariant($"{tokens} tokens")
        : FormattableString.Invariant($"{NanoUsd.ToUsd(LimitNanoUsd)} USD");
}
