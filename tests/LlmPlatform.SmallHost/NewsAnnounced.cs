namespace LlmPlatform.Small;

public sealed record NewsAnnounced;
