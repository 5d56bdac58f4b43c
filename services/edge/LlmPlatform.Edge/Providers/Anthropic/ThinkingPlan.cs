using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>How much a model is told to think, in the words its generation takes.</summary>
/// <param name="Type">The type of <c>thinking</c>; null to say nothing.</param>
/// <param name="BudgetTokens">For <c>enabled</c>: the tokens.</param>
/// <param name="Display">Whether thoughts are shown; null to say nothing.</param>
/// <param name="Effort">The effort of <c>output_config</c>; null to say nothing.</param>
internal sealed record ThinkingPlan(
    string? Type, long? BudgetTokens = null, string? Display = null, string? Effort = null)
{
    private const long LeastBudget = 1024;

    /// <summary>True when the model is told to think: sampling is then its own.</summary>
    public bool IsOn => Type is "enabled" or "adaptive";

    /// <summary>Makes the plan of a request.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="model">What the model takes.</param>
    /// <param name="maxTokens">The bound on all output.</param>
    /// <param name="isForced">True when it must call a tool, which Anthropic does not take together with this.</param>
    /// <param name="isSaid">Whether a part of an earlier turn goes to the model, above all a thought.</param>
    public static ThinkingPlan For(
        GenerationRequest request,
        ClaudeModel model,
        long maxTokens,
        bool isForced,
        Func<ContentPart, bool> isSaid)
    {
        if (request.Reasoning is not { } wish)
        {
            return new ThinkingPlan(Type: null);
        }

        if (!wish.IsEnabled || wish.Effort == "none")
        {
            return Off(model);
        }

        var display = wish.ShowThoughts switch
        {
            true => "summarized",
            false => "omitted",
            null => null,
        };
        if (isForced)
        {
            return new ThinkingPlan(Type: null, Effort: EffortFor(wish, model, isThinking: model.ThinksUnasked));
        }

        if (model.TakesAdaptive && (wish.BudgetTokens is null || !model.TakesBudget))
        {
            return new ThinkingPlan("adaptive", Display: display, Effort: EffortFor(wish, model, isThinking: true));
        }

        var budget = BudgetFor(wish, maxTokens);
        var isOn = model.TakesBudget && budget is not null && !LacksThoughts(request.Turns, isSaid);
        return isOn
            ? new ThinkingPlan(
                "enabled",
                budget,
                model.TakesAdaptive ? display : null,
                wish.Effort is null ? null : EffortFor(wish, model, isThinking: true))
            : new ThinkingPlan(Type: null, Effort: EffortFor(wish, model, isThinking: false));
    }

    // Where nothing turns it off, the least effort comes nearest.
    private static ThinkingPlan Off(ClaudeModel model) =>
        !model.ThinksUnasked ? new ThinkingPlan(Type: null)
        : model.ThinkingOff is { } off ? new ThinkingPlan(off)
        : new ThinkingPlan(Type: null, Effort: "low");

    private static string? EffortFor(ReasoningRequest wish, ClaudeModel model, bool isThinking)
    {
        if (!model.TakesEffort)
        {
            return null;
        }

        var effort = wish.Effort ?? (wish.BudgetTokens is { } budget ? ReasoningRequest.EffortOf(budget) : null);
        return effort switch
        {
            "minimal" => "low",
            "xhigh" when !isThinking || !model.TakesExtraHighEffort => "high",
            "max" when !isThinking || !model.TakesMaxEffort => "high",
            _ => effort,
        };
    }

    // Thoughts count against the bound on all output: a quarter of it stays for the answer. The bound itself is never
    // raised, for money is held on it.
    private static long? BudgetFor(ReasoningRequest wish, long maxTokens)
    {
        var wanted = wish.BudgetTokens ?? ReasoningRequest.BudgetOf(wish.Effort ?? "medium");
        var most = Math.Max(maxTokens / 4 * 3, LeastBudget);
        return most < maxTokens ? Math.Clamp(wanted, LeastBudget, most) : null;
    }

    // A model that thinks by budget wants the thoughts back that came before its call of a tool. Callers whose protocol
    // has none cannot send them: in the midst of its calls it goes on without.
    private static bool LacksThoughts(IReadOnlyList<Turn> turns, Func<ContentPart, bool> isSaid)
    {
        if (turns is not [.., { Role: TurnRole.Tool }])
        {
            return false;
        }

        var asked = turns.LastOrDefault(turn => turn.Role == TurnRole.Assistant);
        return asked is null || !asked.Parts.Any(part => part is ContentPart.Thinking && isSaid(part));
    }
}
