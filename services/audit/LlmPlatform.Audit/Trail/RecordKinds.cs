namespace LlmPlatform.Audit.Trail;

/// <summary>What a record tells of.</summary>
internal static class RecordKinds
{
    /// <summary>A request to the gateway, served or refused.</summary>
    public const string Request = "request";

    /// <summary>A change that an operator or the configuration file made.</summary>
    public const string AdminChange = "admin_change";

    /// <summary>An event that came again under the id of a record and said something else.</summary>
    public const string Contradiction = "contradiction";
}
