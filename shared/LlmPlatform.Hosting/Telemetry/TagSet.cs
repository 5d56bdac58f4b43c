namespace LlmPlatform.Hosting.Telemetry;

/// <summary>The tags that a series was first measured with, kept as a key. Order does not matter.</summary>
internal readonly struct TagSet(KeyValuePair<string, object?>[] tags)
{
    public ReadOnlySpan<KeyValuePair<string, object?>> Tags => tags;
}
