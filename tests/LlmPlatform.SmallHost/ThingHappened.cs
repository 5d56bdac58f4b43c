namespace LlmPlatform.Small;

public sealed record ThingHappened;
