using LlmPlatform.Edge.Providers.Anthropic;

namespace LlmPlatform.Edge.Tests.Providers.Anthropic;

/// <summary>What a model takes is read off its name, however its host spells it.</summary>
public sealed class ClaudeModelTests
{
    [Theory]
    [InlineData("claude-3-5-sonnet-20241022", "sampling both force")]
    [InlineData("claude-3-7-sonnet@20250219", "budget sampling both force")]
    [InlineData("claude-sonnet-4-20250514", "budget sampling both force")]
    [InlineData("anthropic.claude-opus-4-1-20250805-v1:0", "budget sampling force")]
    [InlineData("claude-sonnet-4-5", "budget sampling force schema")]
    [InlineData("us.anthropic.claude-haiku-4-5-20251001-v1:0", "budget sampling force schema")]
    [InlineData("claude-opus-4-5-20251101", "budget effort sampling force schema")]
    [InlineData("claude-sonnet-4-6", "budget adaptive effort sampling force schema")]
    [InlineData("claude-opus-4-6", "budget adaptive effort sampling force schema")]
    [InlineData("claude-opus-4-7", "adaptive effort force schema")]
    [InlineData("anthropic/claude-opus-4.8", "adaptive effort force schema")]
    [InlineData("claude-opus-4-8[1m]", "adaptive effort force schema")]
    [InlineData("claude-sonnet-5", "adaptive effort force schema unasked off:disabled")]
    [InlineData("claude-opus-5", "adaptive effort force schema unasked off:disabled")]
    [InlineData("claude-opus-5-5", "adaptive effort schema unasked")]
    [InlineData("claude-sonnet-5-5", "adaptive effort schema unasked off:between_tools")]
    [InlineData("claude-fable-5", "adaptive effort force schema unasked")]
    [InlineData("claude-haiku-5-5", "adaptive effort force schema unasked off:disabled")]
    [InlineData("glm-5.2", "budget sampling both force")]
    public void A_name_tells_what_its_generation_takes(string name, string takes)
    {
        var model = ClaudeModel.Of(name);
        string?[] actual =
        [
            model.TakesBudget ? "budget" : null,
            model.TakesAdaptive ? "adaptive" : null,
            model.TakesEffort ? "effort" : null,
            model.TakesSampling ? "sampling" : null,
            model.TakesSampling && model.TakesTemperatureWithTopP ? "both" : null,
            model.TakesForcedTool ? "force" : null,
            model.TakesSchema ? "schema" : null,
            model.ThinksUnasked ? "unasked" : null,
            model.ThinksUnasked && model.ThinkingOff is { } off ? $"off:{off}" : null,
        ];

        Assert.Equal(takes, string.Join(' ', actual.OfType<string>()));
    }
}
