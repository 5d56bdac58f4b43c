using System.Text.Json;

namespace LlmPlatform.TestKit.Providers.Answers;

/// <summary>A function that a request lets the model call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Schema">The JSON schema of its arguments; null when it takes none.</param>
/// <param name="IsFreeText">Takes a text instead of JSON: OpenAI's custom tools.</param>
internal sealed record OfferedTool(string Name, JsonElement? Schema, bool IsFreeText = false);
