using System.Text.Json.Nodes;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.Anthropic;

/// <summary>How much a model is told to think, in the words of its generation.</summary>
public sealed class ThinkingPlanTests
{
    [Theory]
    [InlineData("claude-sonnet-4-5", "high", 64_000, """{"type":"enabled","budget_tokens":24576}""", null)]
    [InlineData("claude-sonnet-4-5", "high", 4000, """{"type":"enabled","budget_tokens":3000}""", null)]
    [InlineData("claude-sonnet-4-5", "low", 1200, """{"type":"enabled","budget_tokens":1024}""", null)]
    [InlineData("claude-sonnet-4-5", "low", 1024, null, null)]
    [InlineData("claude-3-5-sonnet-20241022", "high", 64_000, null, null)]
    [InlineData("claude-opus-4-5", "medium", 64_000, """{"type":"enabled","budget_tokens":8192}""", "medium")]
    [InlineData("claude-opus-4-6", "xhigh", 64_000, """{"type":"adaptive"}""", "high")]
    [InlineData("claude-opus-4-6", "max", 64_000, """{"type":"adaptive"}""", "max")]
    [InlineData("claude-sonnet-4-6", "max", 64_000, """{"type":"adaptive"}""", "high")]
    [InlineData("claude-opus-5", "minimal", 64_000, """{"type":"adaptive"}""", "low")]
    [InlineData("claude-opus-5", "xhigh", 64_000, """{"type":"adaptive"}""", "xhigh")]
    [InlineData("claude-opus-5", null, 64_000, """{"type":"adaptive"}""", null)]
    public void An_effort_is_said_as_the_model_takes_it(
        string model, string? effort, long maxTokens, string? thinking, string? said)
    {
        var written = Written.For(
            model, Hi with { MaxOutputTokens = maxTokens, Reasoning = new ReasoningRequest { Effort = effort } });

        Is(thinking, written["thinking"]);
        Assert.Equal(said, written["output_config"]?["effort"]?.GetValue<string>());
        Assert.Equal(maxTokens, written["max_tokens"]!.GetValue<long>());
    }

    [Theory]
    [InlineData("claude-sonnet-4-5", 500, """{"type":"enabled","budget_tokens":1024}""", null)]
    [InlineData("claude-sonnet-4-5", 9000, """{"type":"enabled","budget_tokens":9000}""", null)]
    [InlineData("claude-opus-4-6", 9000, """{"type":"enabled","budget_tokens":9000}""", null)]
    [InlineData("claude-opus-5", 9000, """{"type":"adaptive"}""", "medium")]
    [InlineData("glm-5.2", 9000, """{"type":"enabled","budget_tokens":9000}""", null)]
    public void A_budget_is_kept_where_the_model_takes_one(
        string model, long budget, string thinking, string? effort)
    {
        var written = Written.For(
            model, Hi with { MaxOutputTokens = 64_000, Reasoning = new ReasoningRequest { BudgetTokens = budget } });

        Is(thinking, written["thinking"]);
        Assert.Equal(effort, written["output_config"]?["effort"]?.GetValue<string>());
    }

    [Theory]
    [InlineData("claude-sonnet-4-5", null, null)]
    [InlineData("claude-opus-4-8", null, null)]
    [InlineData("claude-opus-5", """{"type":"disabled"}""", null)]
    [InlineData("claude-sonnet-5-5", """{"type":"between_tools"}""", null)]
    [InlineData("claude-fable-5", null, "low")]
    public void Not_to_think_is_said_only_to_a_model_that_would(string model, string? thinking, string? effort)
    {
        var off = Written.For(model, Hi with { Reasoning = new ReasoningRequest { IsEnabled = false } });
        Is(thinking, off["thinking"]);
        Assert.Equal(effort, off["output_config"]?["effort"]?.GetValue<string>());

        var none = Written.For(model, Hi with { Reasoning = new ReasoningRequest { Effort = "none" } });
        Is(thinking, none["thinking"]);
    }

    [Theory]
    [InlineData(true, "summarized")]
    [InlineData(false, "omitted")]
    [InlineData(null, null)]
    public void Whether_thoughts_are_shown_is_said_to_models_that_know_the_word(bool? show, string? display)
    {
        var wish = Hi with { MaxOutputTokens = 9000, Reasoning = new ReasoningRequest { ShowThoughts = show } };

        Assert.Equal(
            display, Written.For("claude-opus-5", wish)["thinking"]!["display"]?.GetValue<string>());
        Assert.Null(Written.For("claude-sonnet-4-5", wish)["thinking"]!["display"]);
    }

    [Fact]
    public void A_model_that_thinks_samples_as_it_likes()
    {
        var wish = Hi with
        {
            MaxOutputTokens = 9000,
            Reasoning = new ReasoningRequest(),
            Temperature = 0.2m,
            TopP = 0.97m,
            TopK = 5,
        };

        var written = Written.For("claude-sonnet-4-5", wish);
        Assert.Null(written["temperature"]);
        Assert.Null(written["top_k"]);
        Assert.Equal("0.97", written["top_p"]!.ToJsonString());
        Assert.Null(Written.For("claude-sonnet-4-5", wish with { TopP = 0.5m })["top_p"]);
    }

    [Theory]
    [InlineData("claude-sonnet-4-5", null)]
    [InlineData("claude-opus-4-6", "high")]
    [InlineData("claude-opus-5", "max")]
    public void A_tool_that_must_be_called_comes_before_thinking(string model, string? effort)
    {
        var written = Written.For(model, Hi with
        {
            MaxOutputTokens = 9000,
            Reasoning = new ReasoningRequest { Effort = "max" },
            Tools = [Written.Tool()],
            ToolChoice = ToolChoice.Required,
        });

        Assert.Null(written["thinking"]);
        Assert.Equal(effort, written["output_config"]?["effort"]?.GetValue<string>());
    }

    [Fact]
    public void In_the_midst_of_calls_whose_thoughts_are_lost_a_model_with_a_budget_goes_on_without()
    {
        var call = new ContentPart.ToolCall("t", "f", "{}");
        var thought = new ContentPart.Thinking("hm") { Signature = new ThoughtSignature("anthropic", "S") };
        var result = new Turn(TurnRole.Tool, [new ContentPart.ToolResult("t", [])]);

        Assert.Null(Thinking("claude-sonnet-4-5", [call]));
        Assert.NotNull(Thinking("claude-sonnet-4-5", [thought, call]));
        Assert.NotNull(Thinking("claude-opus-5", [call]));

        JsonNode? Thinking(string model, ContentPart[] asked) => Written.For(model, new GenerationRequest
        {
            Turns = [.. Hi.Turns, new Turn(TurnRole.Assistant, asked), result],
            MaxOutputTokens = 9000,
            Tools = [Written.Tool()],
            Reasoning = new ReasoningRequest { Effort = "low" },
        })["thinking"];
    }

    private static GenerationRequest Hi => Written.Hi;

    private static void Is(string? expected, JsonNode? actual)
    {
        if (expected is null)
        {
            Assert.Null(actual);
            return;
        }

        Written.Is(expected, actual);
    }
}
