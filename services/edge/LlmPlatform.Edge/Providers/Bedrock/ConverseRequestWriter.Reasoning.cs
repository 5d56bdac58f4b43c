using System.Text.Json.Nodes;
using LlmPlatform.Edge.Providers.Anthropic;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>What each vendor's models take beside the settings all of them share.</summary>
internal sealed partial class ConverseRequestWriter
{
    private void AddReasoning()
    {
        switch (_request.Reasoning)
        {
            case null:
                break;
            case var _ when _thinking is { } plan:
                AddThinking(plan);
                break;
            case var wish when _model.IsThinkingNova:
                _modelFields["reasoningConfig"] = wish.IsEnabled
                    ? new JsonObject { ["type"] = "enabled", ["maxReasoningEffort"] = PlainEffort(wish) }
                    : new JsonObject { ["type"] = "disabled" };
                break;
            case var wish when _model.Vendor == BedrockVendor.OpenAi:
                Refuse(!wish.IsEnabled, "reasoning", "serves OpenAI's open models thinking only");
                _modelFields["reasoning_effort"] = PlainEffort(wish);
                break;
            case var wish:
                // To be told not to think is nothing to a model that is not told to.
                Refuse(wish.IsEnabled, "reasoning", "takes no settings of how this model thinks");
                break;
        }
    }

    private void AddThinking(ThinkingPlan plan)
    {
        if (plan.Type is { } type)
        {
            var thinking = new JsonObject { ["type"] = type };
            if (plan.BudgetTokens is { } budget)
            {
                thinking["budget_tokens"] = budget;
            }

            if (plan.Display is { } display)
            {
                thinking["display"] = display;
            }

            _modelFields["thinking"] = thinking;
        }

        if (plan.Effort is { } effort)
        {
            _modelFields["output_config"] = new JsonObject { ["effort"] = effort };
        }
    }

    private static string PlainEffort(ReasoningRequest wish)
    {
        var effort = wish.Effort
            ?? (wish.BudgetTokens is { } tokens ? ReasoningRequest.EffortOf(tokens) : "medium");
        return effort switch
        {
            "minimal" or "low" => "low",
            "medium" => "medium",
            _ => "high",
        };
    }

    private void AddTopK()
    {
        if (_sampling.TopK is not { } topK)
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
