namespace LlmPlatform.Router.Health;

/// <summary>What one probe found.</summary>
/// <param name="Good">Whether somebody is there to serve.</param>
/// <param name="Outcome">In a few words: <c>status 200</c>, <c>timeout</c>, <c>no answer: ConnectionError</c>.</param>
/// <param name="At">When the answer, or the lack of one, was known.</param>
internal sealed record ProbeResult(bool Good, string Outcome, DateTimeOffset At);
