namespace LlmPlatform.Billing.Completeness;

/// <summary>What is known of an edge that counted.</summary>
internal static class SpoolStates
{
    /// <summary>It says how far it is.</summary>
    public const string Running = "running";

    /// <summary>It has stopped, and said what it numbered last.</summary>
    public const string Retired = "retired";

    /// <summary>It says nothing any more and did not say goodbye: what it still had on its disk nobody knows.</summary>
    public const string Vanished = "vanished";

    /// <summary>It has never said how far it is, as edges of an older version: only holes can tell.</summary>
    public const string Unheard = "unheard";
}
