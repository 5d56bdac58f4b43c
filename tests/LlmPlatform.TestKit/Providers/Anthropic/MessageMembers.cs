using System.Text.Json;

namespace LlmPlatform.TestKit.Providers.Anthropic;

/// <summary>What messages demand of everything but the conversation and the tools.</summary>
internal static class MessageMembers
{
    private const int ThinkingBudgetLeast = 1024;
    private const int CacheMarksMost = 4;

    private static readonly HashSet<string> _known =
    [
        "model", "messages", "max_tokens", "system", "temperature", "top_p", "top_k", "stop_sequences", "stream",
        "tools", "tool_choice", "thinking", "metadata", "service_tier", "container", "mcp_servers",
        "context_management", "output_config", "output_format", "cache_control", "inference_geo", "speed",
        "diagnostics",
    ];

    private static readonly HashSet<string> _metadata = ["user_id"];
    private static readonly HashSet<string> _systemBlock = ["type", "text", "cache_control", "citations"];
    private static readonly HashSet<string> _thinking = ["type", "budget_tokens", "display"];

    public static bool Thinks(JsonElement body) =>
        body.Member("thinking")?.Text("type") is "enabled" or "adaptive";

    public static void Check(JsonElement body)
    {
        MessageFaults.OnlyKnown(body, _known, "");
        if (body.Member("max_tokens") is null)
            throw MessageFaults.Required("max_tokens");
        MessageFaults.Range(body, "max_tokens", 1, int.MaxValue);
        MessageFaults.Range(body, "temperature", 0, 1);
        MessageFaults.Range(body, "top_p", 0, 1);
        MessageFaults.Range(body, "top_k", 0, int.MaxValue);
        if (body.Member("metadata") is { } metadata)
            MessageFaults.OnlyKnown(metadata, _metadata, "metadata");
        if (body.Text("service_tier") is { } tier and not ("auto" or "standard_only"))
            throw MessageFaults.Invalid($"service_tier: Input should be 'auto' or 'standard_only', not '{tier}'");
        if (body.Items("stop_sequences").Any(stop => string.IsNullOrWhiteSpace(stop.GetString())))
            throw MessageFaults.Invalid("stop_sequences: each stop sequence must contain non-whitespace");
        CheckSystem(body);
        CheckThinking(body);
        CheckFormat(body);
        CheckCacheMarks(body);
    }

    private static void CheckSystem(JsonElement body)
    {
        if (body.Member("system") is not { } system || system.ValueKind == JsonValueKind.String)
            return;
        if (system.ValueKind != JsonValueKind.Array)
            throw MessageFaults.Invalid("system: Input should be a valid string or list");
        var index = 0;
        foreach (var block in system.EnumerateArray())
        {
            var path = $"system.{index++}";
            if (MessageFaults.Text(block, "type", path) != "text")
                throw MessageFaults.Invalid($"{path}.type: Input should be 'text'");
            if (MessageFaults.Text(block, "text", path).Length == 0)
                throw MessageFaults.Invalid("system: text content blocks must be non-empty");
            MessageFaults.OnlyKnown(block, _systemBlock, path);
        }
    }

    private static void CheckThinking(JsonElement body)
    {
        if (body.Member("thinking") is not { } thinking)
            return;
        MessageFaults.OnlyKnown(thinking, _thinking, "thinking");
        var type = MessageFaults.Text(thinking, "type", "thinking");
        if (type is not ("enabled" or "disabled" or "adaptive"))
            throw MessageFaults.Invalid("thinking: Input tag found using 'type' does not match any of the expected");
        if (type == "disabled")
            return;
        if (type == "enabled")
        {
            var budget = thinking.Number("budget_tokens")
                ?? throw MessageFaults.Required("thinking.enabled.budget_tokens");
            if (budget < ThinkingBudgetLeast)
            {
                throw MessageFaults.Invalid(
                    "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
            }

            if (budget >= body.Number("max_tokens"))
                throw MessageFaults.Invalid("`max_tokens` must be greater than `thinking.budget_tokens`.");
        }

        if (body.Number("temperature") is not (null or 1))
            throw MessageFaults.Invalid("`temperature` may only be set to 1 when thinking is enabled.");
        if (body.Member("top_k") is not null)
            throw MessageFaults.Invalid("`top_k` must be unset when thinking is enabled.");
        if (body.Member("tool_choice")?.Text("type") is "any" or "tool")
            throw MessageFaults.Invalid("Thinking may not be enabled when tool_choice forces tool use.");
    }

    private static void CheckFormat(JsonElement body)
    {
        var format = body.Member("output_config", "format") ?? body.Member("output_format");
        if (format is not { } given)
            return;
        const string path = "output_config.format";
        if (MessageFaults.Text(given, "type", path) != "json_schema")
            throw MessageFaults.Invalid($"{path}.type: Input should be 'json_schema'");
        MessageFaults.OnlyKnown(given, new HashSet<string> { "type", "schema" }, path);
        var schema = MessageFaults.Object(given, "schema", path);
        if (schema.Member("properties") is not null && !schema.IsFalse("additionalProperties"))
        {
            throw MessageFaults.Invalid(
                $"{path}.schema: For 'object' type, 'additionalProperties' must be explicitly set to false");
        }
    }

    private static void CheckCacheMarks(JsonElement body)
    {
        var marks = body.Items("system")
            .Concat(body.Items("tools"))
            .Concat(body.Items("messages").SelectMany(message => message.Items("content")))
            .Select(block => block.Member("cache_control"))
            .OfType<JsonElement>()
            .ToList();
        if (marks.Count > CacheMarksMost)
        {
            throw MessageFaults.Invalid(
                $"A maximum of 4 blocks with cache_control may be provided. Found {marks.Count}.");
        }

        if (marks.Any(mark => mark.Text("type") != "ephemeral" || mark.Text("ttl") is not (null or "5m" or "1h")))
            throw MessageFaults.Invalid("cache_control: Input should be 'ephemeral' with ttl '5m' or '1h'");
    }
}
