using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>Writes how much to think, as each vendor has it said.</summary>
internal static class ChatReasoningWriter
{
    /// <summary>Writes it, where the caller said anything.</summary>
    public static void Write(Utf8JsonWriter json, GenerationRequest request, UpstreamTarget target, ChatDialect dialect)
    {
        if (request.Reasoning is not { } reasoning)
        {
            return;
        }

        switch (dialect.Reasoning)
        {
            case ReasoningSpelling.Effort:
                WriteEffort(json, EffortOf(reasoning));
                break;
            case ReasoningSpelling.OpenAi:
                // A word was chosen for this model; a budget comes from a caller who knows nothing of it.
                WriteEffort(json, reasoning.Effort is not null || Reasons(target.Model) ? EffortOf(reasoning) : null);
                break;
            case ReasoningSpelling.NoneOrHigh:
                WriteEffort(json, reasoning.IsEnabled ? "high" : "none");
                break;
            case ReasoningSpelling.EnableThinking:
                WriteEnableThinking(json, reasoning, request.Stream);
                break;
            case ReasoningSpelling.ThinkingType:
                WriteThinkingType(json, reasoning);
                break;
            case ReasoningSpelling.ReasoningObject:
                WriteObject(json, reasoning);
                break;
            case ReasoningSpelling.Template:
                WriteTemplate(json, reasoning);
                break;
            default:
                break;
        }
    }

    // o1, o3-mini, gpt-5, gpt-5.1-codex …: the others refuse the member.
    private static bool Reasons(string model)
    {
        var name = model.AsSpan(model.LastIndexOf('/') + 1);
        return (name.Length > 1 && name[0] == 'o' && char.IsAsciiDigit(name[1]))
            || (name.StartsWith("gpt-") && name.Length > 4 && char.IsAsciiDigit(name[4]) && name[4] >= '5');
    }

    private static string? EffortOf(ReasoningRequest reasoning) =>
        reasoning.Effort == "max" ? "xhigh"
        : reasoning.Effort ?? (reasoning is { IsEnabled: true, BudgetTokens: { } budget }
            ? ReasoningRequest.EffortOf(budget)
            : null);

    private static void WriteEffort(Utf8JsonWriter json, string? effort)
    {
        if (effort is not null)
        {
            json.WriteString("reasoning_effort", effort);
        }
    }

    private static void WriteEnableThinking(Utf8JsonWriter json, ReasoningRequest reasoning, bool stream)
    {
        if (!reasoning.IsEnabled)
        {
            json.WriteBoolean("enable_thinking", false);
            return;
        }

        if (!stream)
        {
            return;
        }

        json.WriteBoolean("enable_thinking", true);
        var budget = reasoning.BudgetTokens
            ?? (reasoning.Effort is { } effort ? ReasoningRequest.BudgetOf(effort) : default(long?));
        if (budget is { } tokens)
        {
            json.WriteNumber("thinking_budget", tokens);
        }
    }

    private static void WriteThinkingType(Utf8JsonWriter json, ReasoningRequest reasoning)
    {
        json.WriteStartObject("thinking");
        json.WriteString("type", reasoning.IsEnabled ? "enabled" : "disabled");
        json.WriteEndObject();
        if (reasoning.IsEnabled)
        {
            // DeepSeek calls its most max, and takes the words it does not know for their neighbours.
            WriteEffort(json, reasoning.Effort is "xhigh" or "max" ? "max" : EffortOf(reasoning));
        }
    }

    private static void WriteObject(Utf8JsonWriter json, ReasoningRequest reasoning)
    {
        json.WriteStartObject("reasoning");
        if (!reasoning.IsEnabled)
        {
            json.WriteBoolean("enabled", false);
        }
        else if (reasoning.BudgetTokens is { } budget)
        {
            json.WriteNumber("max_tokens", budget);
        }
        else if (EffortOf(reasoning) is { } effort)
        {
            json.WriteString("effort", effort);
        }
        else
        {
            json.WriteBoolean("enabled", true);
        }

        if (reasoning.ShowThoughts == false)
        {
            json.WriteBoolean("exclude", true);
        }

        json.WriteEndObject();
    }

    private static void WriteTemplate(Utf8JsonWriter json, ReasoningRequest reasoning)
    {
        if (reasoning.IsEnabled)
        {
            WriteEffort(json, EffortOf(reasoning));
            return;
        }

        json.WriteStartObject("chat_template_kwargs");
        json.WriteBoolean("enable_thinking", false);
        json.WriteEndObject();
    }
}
