namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>A value with its variables replaced, and where it stands.</summary>
/// <param name="Value">The text.</param>
/// <param name="Path">Its path, for faults.</param>
/// <param name="MayBeShown">False when any of it came from the environment: faults then do not quote it.</param>
internal sealed record ScalarText(string Value, string Path, bool MayBeShown)
{
    private const int MaxShown = 60;

    /// <summary>The value as a fault may quote it.</summary>
    public string Shown => !MayBeShown
        ? "its value"
        : Value.Length <= MaxShown ? $"\"{Value}\"" : $"\"{Value[..MaxShown]}…\"";
}
