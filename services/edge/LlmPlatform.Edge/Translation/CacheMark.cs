namespace LlmPlatform.Edge.Translation;

/// <summary>
/// "Keep everything up to here cached" (Anthropic's <c>cache_control</c>, Bedrock's <c>cachePoint</c>).
/// </summary>
/// <param name="Ttl">For how long as the caller spelled it, <c>5m</c> or <c>1h</c>; null when not said.</param>
internal sealed record CacheMark(string? Ttl = null);
