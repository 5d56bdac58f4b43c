using System.Text.Json;

namespace LlmPlatform.TestKit.Sinks;

/// <summary>A webhook call as it arrived.</summary>
/// <param name="Path">Of the URL called.</param>
/// <param name="Headers">Names are compared without regard to case.</param>
/// <param name="Raw">The body's text, for checking a signature.</param>
/// <param name="Body">The body as JSON.</param>
/// <param name="Status">What it was answered with.</param>
public sealed record SlackMessage(
    string Path, IReadOnlyDictionary<string, string> Headers, string Raw, JsonElement Body, int Status);
