namespace LlmPlatform.Alerting.Channels;

/// <summary>What a test notice came to.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">What the channel said.</param>
/// <param name="Notice">The short id that the notice shows.</param>
internal sealed record ChannelTestResponse(SendOutcome Outcome, string Detail, string Notice);
