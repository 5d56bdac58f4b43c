using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>What a model is told of sampling: as much of what was asked as its generation takes.</summary>
/// <param name="Temperature">From 0 to 1; null to say nothing.</param>
/// <param name="TopP">Null to say nothing.</param>
/// <param name="TopK">Null to say nothing.</param>
internal readonly record struct SamplingPlan(decimal? Temperature, decimal? TopP, int? TopK)
{
    private const decimal MostTemperature = 1;
    private const decimal LeastTopPWhileThinking = 0.95m;

    /// <summary>
    /// Makes the plan of a request. A model that thinks samples as it likes, but for the widest of top_p.
    /// </summary>
    public static SamplingPlan For(GenerationRequest request, ClaudeModel model, ThinkingPlan thinking)
    {
        if (!model.TakesSampling)
        {
            return default;
        }

        if (thinking.IsOn)
        {
            return new SamplingPlan(null, request.TopP >= LeastTopPWhileThinking ? request.TopP : null, null);
        }

        decimal? temperature = request.Temperature is { } warmth ? Math.Min(warmth, MostTemperature) : null;
        var takesTopP = temperature is null || model.TakesTemperatureWithTopP;
        return new SamplingPlan(temperature, takesTopP ? request.TopP : null, request.TopK);
    }
}
