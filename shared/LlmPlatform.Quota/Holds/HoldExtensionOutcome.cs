namespace LlmPlatform.Quota;

/// <summary>What became of an extension.</summary>
public enum HoldExtensionOutcome
{
    /// <summary>It is held, in all of the request's budgets.</summary>
    Held,

    /// <summary>A budget that refuses has no room for it; nothing more is held.</summary>
    Refused,

    /// <summary>The request holds nothing any more: it has ended, or its lease has.</summary>
    Ended,
}
