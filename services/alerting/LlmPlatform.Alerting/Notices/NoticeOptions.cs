namespace LlmPlatform.Alerting.Notices;

/// <summary>Who is told what is no budget: <c>Alerting__Notices__…</c> in the environment. No range applies.</summary>
internal sealed class NoticeOptions
{
    public const string Section = "Alerting:Notices";

    /// <summary>Channels that hear of issued bills. Default every channel of kind email.</summary>
    public IReadOnlyList<string>? BillChannels { get; init; }

    /// <summary>Channels that hear of usage without a price. Default as the rules have it.</summary>
    public IReadOnlyList<string>? PricingChannels { get; init; }

    /// <summary>
    /// Channels of those on call: they hear of deployments that break what is promised of them. Default as the rules
    /// have it.
    /// </summary>
    public IReadOnlyList<string>? OnCallChannels { get; init; }
}
