using System.Text.Json.Nodes;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>What each vendor's models take beside the settings all of them share.</summary>
internal sealed partial class ConverseRequestWriter
{
    /// <summary>The fewest tokens a Claude may be told to think.</summary>
    private const long LeastBudget = 1024;

    private bool Thinks => _request.Reasoning is { IsEnabled: true };

    private void AddReasoning()
    {
        if (_request.Reasoning is not { } reasoning)
        {
            return;
        }

        switch (_model.Vendor)
        {
            case BedrockVendor.Anthropic when reasoning.IsEnabled:
                AddThinking(reasoning);
                break;
            case BedrockVendor.Anthropic when _model.IsOnlyAdaptive:
                _modelFields["thinking"] = new JsonObject { ["type"] = "disabled" };
                break;
            case BedrockVendor.Amazon when _model.IsThinkingNova:
                _modelFields["reasoningConfig"] = reasoning.IsEnabled
                    ? new JsonObject { ["type"] = "enabled", ["maxReasoningEffort"] = PlainEffort(reasoning) }
                    : new JsonObject { ["type"] = "disabled" };
                break;
            case BedrockVendor.OpenAi:
                Refuse(!reasoning.IsEnabled, "reasoning", "serves OpenAI's open models thinking only");
                _modelFields["reasoning_effort"] = PlainEffort(reasoning);
                break;
            default:
                // To be told not to think is nothing to a model that is not told to.
                Refuse(reasoning.IsEnabled, "reasoning", "takes no settings of how this model thinks");
                break;
        }
    }

    private void AddThinking(ReasoningRequest reasoning)
    {
        if (_model.IsOnlyAdaptive || (_model.IsAdaptive && reasoning.BudgetTokens is null))
        {
            var thinking = new JsonObject { ["type"] = "adaptive" };
            if (_model.IsOnlyAdaptive && reasoning.ShowThoughts is { } show)
            {
                thinking["display"] = show ? "summarized" : "omitted";
            }

            _modelFields["thinking"] = thinking;
            var effort = reasoning.Effort
                ?? (reasoning.BudgetTokens is { } tokens ? ReasoningRequest.EffortOf(tokens) : null);
            if (effort is not null)
            {
                _modelFields["output_config"] = new JsonObject { ["effort"] = ClaudeEffort(effort) };
            }
        }
        else if (BudgetFor(reasoning) is { } budget)
        {
            _modelFields["thinking"] = new JsonObject { ["type"] = "enabled", ["budget_tokens"] = budget };
        }
    }

    // The caller's own number stands, and Bedrock says what is wrong with it. One of ours fits below the bound on the
    // answer; a bound too low for any leaves no room to think.
    private long? BudgetFor(ReasoningRequest reasoning)
    {
        if (reasoning.BudgetTokens is { } given)
        {
            return given;
        }

        var budget = ReasoningRequest.BudgetOf(reasoning.Effort ?? "medium");
        var room = _request.MaxOutputTokens is { } bound ? Math.Min(budget, bound - 1) : budget;
        return room >= LeastBudget ? room : null;
    }

    private string ClaudeEffort(string effort) => effort switch
    {
        "minimal" => "low",
        "xhigh" when !_model.IsOnlyAdaptive => "high",
        _ => effort,
    };

    private static string PlainEffort(ReasoningRequest reasoning)
    {
        var effort = reasoning.Effort
            ?? (reasoning.BudgetTokens is { } tokens ? ReasoningRequest.EffortOf(tokens) : "medium");
        return effort switch
        {
            "minimal" or "low" => "low",
            "medium" => "medium",
            _ => "high",
        };
    }

    private void AddTopK()
    {
        if (_request.TopK is not { } topK)
        {
            return;
        }

        switch (_model.Vendor)
        {
            case BedrockVendor.Amazon:
                _modelFields["inferenceConfig"] = new JsonObject { ["topK"] = topK };
                break;
            case BedrockVendor.Cohere:
                _modelFields["k"] = topK;
                break;
            case BedrockVendor.Plain or BedrockVendor.DeepSeek:
                Refuse(isAsked: true, "top_k", "serves this model without it");
                break;
            default:
                _modelFields["top_k"] = topK;
                break;
        }
    }
}
