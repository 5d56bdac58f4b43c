using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Messages;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Models;

/// <summary>How a list of models is said in one caller's protocol.</summary>
/// <param name="Api">Whose errors go with it.</param>
/// <param name="Entry">One model.</param>
/// <param name="List">All of them.</param>
internal sealed record ModelShape(
    PublicApi Api, Func<string, object> Entry, Func<IReadOnlyList<string>, object> List)
{
    // When a model was made is the provider's to know, and not every one says: the same for all.
    private const string MadeAt = "1970-01-01T00:00:00Z";

    /// <summary>OpenAI's.</summary>
    public static ModelShape OpenAi { get; } = new(
        ChatApi.Instance,
        OpenAiEntry,
        models => new { @object = "list", data = models.Select(OpenAiEntry) });

    /// <summary>Anthropic's. The list is one page.</summary>
    public static ModelShape Anthropic { get; } = new(
        MessagesApi.Instance,
        AnthropicEntry,
        models => new
        {
            data = models.Select(AnthropicEntry),
            has_more = false,
            first_id = models.Count == 0 ? null : models[0],
            last_id = models.Count == 0 ? null : models[^1],
        });

    private static object OpenAiEntry(string model) =>
        new { id = model, @object = "model", created = 0, owned_by = "llm-platform" };

    private static object AnthropicEntry(string model) =>
        new { type = "model", id = model, display_name = model, created_at = MadeAt };
}
