namespace LlmPlatform.Metering.Limits;

/// <summary>Where something was declared: what the file declares is read-only in the admin API.</summary>
internal static class DeclaredBy
{
    public const string File = "file";

    public const string Api = "api";
}
