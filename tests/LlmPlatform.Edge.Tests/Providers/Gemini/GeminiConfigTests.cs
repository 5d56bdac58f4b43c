using LlmPlatform.Edge.Translation;
using static LlmPlatform.Edge.Tests.Providers.Gemini.Written;

namespace LlmPlatform.Edge.Tests.Providers.Gemini;

/// <summary>What a caller says about its answer reaches Gemini in Gemini's words, and nothing else does.</summary>
public sealed class GeminiConfigTests
{
    [Fact]
    public void Everything_said_is_said_again() => Same(
        """
        {"temperature":0.7,"topP":0.95,"topK":40,"presencePenalty":-0.5,"frequencyPenalty":1,"seed":7,
        "stopSequences":["END","\n\n"],"maxOutputTokens":500,"candidateCount":2,"responseLogprobs":true,"logprobs":3}
        """,
        Config(Saying("Hi") with
        {
            Temperature = 0.7m,
            TopP = 0.95m,
            TopK = 40,
            PresencePenalty = -0.5m,
            FrequencyPenalty = 1,
            Seed = 7,
            Stop = ["END", "\n\n"],
            MaxOutputTokens = 500,
            Choices = 2,
            Logprobs = true,
            TopLogprobs = 3,
            User = "ann",
            ServiceTier = "flex",
            Metadata = Json("""{"a":"b"}"""),
            Verbosity = "medium",
        }));

    [Theory]
    [InlineData(null, 900L, 900)]
    [InlineData(100L, 900L, 100)]
    public void The_gateway_s_bound_holds_where_the_caller_gave_none(long? own, long? gateway, long written) =>
        Assert.Equal(
            written,
            Config(Saying("Hi") with { MaxOutputTokens = own }, outputBound: gateway)["maxOutputTokens"]!
                .GetValue<long>());

    [Theory]
    [InlineData(0, 0)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(-1, 0)]
    [InlineData(9_000_000_000_000, 2_043_516_975)]
    public void Any_seed_becomes_one_of_32_bits_always_the_same(long seed, int written) =>
        Assert.Equal(written, Config(Saying("Hi") with { Seed = seed })["seed"]!.GetValue<int>());

    [Theory]
    [InlineData("low")]
    [InlineData("high")]
    public void Verbosity_that_Gemini_does_not_know_is_refused(string verbosity)
    {
        var fault = Assert.Throws<TranslationException>(() => Of(Saying("Hi") with { Verbosity = verbosity }));

        Assert.Equal("verbosity", fault.Param);
    }

    [Fact]
    public void An_answer_in_JSON_is_asked_for_by_type_and_one_of_a_schema_by_both()
    {
        Same(
            """{"responseMimeType":"application/json"}""",
            Config(Saying("Hi") with { Format = new OutputFormat(null) }));
        Same(
            """
            {"responseMimeType":"application/json","responseJsonSchema":{"type":"object",
            "properties":{"n":{"type":["integer","null"]}},"required":["n"],"additionalProperties":false}}
            """,
            Config(Saying("Hi") with
            {
                Format = new OutputFormat(Json(
                    """
                    {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
                    "properties":{"n":{"type":["integer","null"]}},"required":["n"],"additionalProperties":false}
                    """))
                {
                    Name = "answer",
                    Strict = true,
                },
            }));
    }

    [Theory]
    [InlineData("minimal", """{"thinkingBudget":1024}""")]
    [InlineData("low", """{"thinkingBudget":2048}""")]
    [InlineData("medium", """{"thinkingBudget":8192}""")]
    [InlineData("high", """{"thinkingBudget":24576}""")]
    [InlineData("max", """{"thinkingBudget":24576}""")]
    [InlineData("none", """{"thinkingBudget":0}""")]
    [InlineData("5000", """{"thinkingBudget":5000}""")]
    [InlineData("100000", """{"thinkingBudget":24576}""")]
    [InlineData("off", """{"thinkingBudget":0}""")]
    [InlineData("shown", """{"includeThoughts":true}""")]
    [InlineData("low, shown", """{"thinkingBudget":2048,"includeThoughts":true}""")]
    public void How_much_to_think_is_a_number_to_the_second_generation(string asked, string config) =>
        Same(config, Config(Saying("Hi") with { Reasoning = Asked(asked) }, "gemini-2.5-flash")["thinkingConfig"]);

    [Theory]
    [InlineData("minimal", "gemini-3-flash-preview", """{"thinkingLevel":"minimal"}""")]
    [InlineData("minimal", "gemini-3.1-pro-preview", """{"thinkingLevel":"low"}""")]
    [InlineData("low", "gemini-3.1-pro-preview", """{"thinkingLevel":"low"}""")]
    [InlineData("medium", "gemini-flash-latest", """{"thinkingLevel":"medium"}""")]
    [InlineData("xhigh", "models/gemini-3.5-flash", """{"thinkingLevel":"high"}""")]
    [InlineData("none", "gemini-3.5-flash", """{"thinkingLevel":"minimal"}""")]
    [InlineData("off", "gemini-3.1-pro-preview", """{"thinkingLevel":"low"}""")]
    [InlineData("10000", "gemini-3.5-flash", """{"thinkingLevel":"medium"}""")]
    [InlineData("shown", "gemini-3.5-flash", """{"includeThoughts":true}""")]
    public void How_much_to_think_is_a_word_to_the_third_generation(string asked, string model, string config) =>
        Same(config, Config(Saying("Hi") with { Reasoning = Asked(asked) }, model)["thinkingConfig"]);

    [Fact]
    public void The_larger_model_of_the_second_generation_may_think_longer() => Same(
        """{"thinkingBudget":32768}""",
        Config(Saying("Hi") with { Reasoning = Asked("max") }, "gemini-2.5-pro")["thinkingConfig"]);

    [Fact]
    public void Nothing_is_said_of_thinking_where_the_caller_said_nothing()
    {
        Assert.Null(Config(Saying("Hi"))["thinkingConfig"]);
        Assert.Null(Config(Saying("Hi") with { Reasoning = new ReasoningRequest() })["thinkingConfig"]);
        Assert.Null(Config(
            Saying("Hi") with { Reasoning = new ReasoningRequest { ShowThoughts = false } })["thinkingConfig"]);
    }

    [Fact]
    public void Tools_are_declared_with_their_schema_as_it_is() => Same(
        """
        [{"functionDeclarations":[
        {"name":"get_weather","description":"Weather now.","parametersJsonSchema":{"type":"object",
        "properties":{"city":{"type":"string"},"days":{"type":"integer","exclusiveMinimum":0}},
        "required":["city"],"additionalProperties":false}},
        {"name":"now"},{"name":"later","description":"Later."}]}]
        """,
        Of(Saying("Hi") with
        {
            Tools =
            [
                new ToolDefinition("get_weather")
                {
                    Description = "Weather now.",
                    Strict = true,
                    Parameters = Json(
                        """
                        {"type":"object","properties":{"city":{"type":"string"},
                        "days":{"type":"integer","exclusiveMinimum":0}},"required":["city"],
                        "additionalProperties":false}
                        """),
                },
                new ToolDefinition("now"),
                new ToolDefinition("later")
                {
                    Description = "Later.",
                    Parameters = Json("""{"type":"object","properties":{}}"""),
                },
            ],
        })["tools"]);

    [Theory]
    [InlineData(ToolChoiceKind.Auto, null, """{"mode":"AUTO"}""")]
    [InlineData(ToolChoiceKind.None, null, """{"mode":"NONE"}""")]
    [InlineData(ToolChoiceKind.Required, null, """{"mode":"ANY"}""")]
    [InlineData(ToolChoiceKind.Named, "now", """{"mode":"ANY","allowedFunctionNames":["now"]}""")]
    public void Which_tools_must_be_called_is_a_mode(object kind, string? name, string config) => Same(
        $$"""{"functionCallingConfig":{{config}}}""",
        Of(Saying("Hi") with
        {
            Tools = [new ToolDefinition("now"), new ToolDefinition("later")],
            ToolChoice = new ToolChoice((ToolChoiceKind)kind, name),
        })["toolConfig"]);

    [Fact]
    public void A_choice_among_no_tools_is_not_mentioned() =>
        Assert.Null(Of(Saying("Hi") with { ToolChoice = ToolChoice.Auto })["toolConfig"]);

    private static ReasoningRequest Asked(string text) => text switch
    {
        "off" => new ReasoningRequest { IsEnabled = false },
        "shown" => new ReasoningRequest { ShowThoughts = true },
        "low, shown" => new ReasoningRequest { Effort = "low", ShowThoughts = true },
        _ when long.TryParse(text, out var budget) => new ReasoningRequest { BudgetTokens = budget },
        _ => new ReasoningRequest { Effort = text },
    };
}
