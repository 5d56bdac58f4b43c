namespace LlmPlatform.Small;

internal sealed record ThingRequest(int Count);
