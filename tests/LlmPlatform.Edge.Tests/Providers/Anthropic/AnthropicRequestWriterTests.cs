using System.Text.Json.Nodes;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.Anthropic;

/// <summary>A request of another protocol in Anthropic's words, as its model takes it.</summary>
public sealed class AnthropicRequestWriterTests
{
    [Fact]
    public void The_bound_is_the_callers_or_the_holds_or_the_models_and_never_more_than_the_models()
    {
        Assert.Equal(4096, Bound(null, limit: null, bound: null));
        Assert.Equal(8192, Bound(null, limit: 8192, bound: null));
        Assert.Equal(700, Bound(null, limit: 8192, bound: 700));
        Assert.Equal(30, Bound(30, limit: 8192, bound: 700));
        Assert.Equal(8192, Bound(100_000, limit: 8192, bound: null));

        static long Bound(long? asked, int? limit, long? bound) => Written
            .For("claude-sonnet-4-5", Written.Hi with { MaxOutputTokens = asked }, limit, bound)["max_tokens"]!
            .GetValue<long>();
    }

    [Fact]
    public void A_plain_request_says_no_more_than_it_must() => Written.Is(
        """
        {"model":"claude-sonnet-4-5","max_tokens":4096,
         "messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}
        """,
        Written.For("claude-sonnet-4-5", Written.Hi));

    [Fact]
    public void All_that_the_protocol_has_words_for_is_said() => Written.Is(
        """
        {"model":"claude-sonnet-4-5","max_tokens":99,
         "system":[{"type":"text","text":"be brief","cache_control":{"type":"ephemeral","ttl":"1h"}}],
         "messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}],
         "tools":[{"name":"f","description":"does f",
                   "input_schema":{"type":"object","properties":{"x":{"type":"integer"}}},
                   "cache_control":{"type":"ephemeral"}},
                  {"name":"g","input_schema":{"type":"object"}}],
         "tool_choice":{"type":"auto","disable_parallel_tool_use":true},
         "temperature":1,"top_k":40,"stop_sequences":["END"],"metadata":{"user_id":"u1"},
         "service_tier":"auto","stream":true}
        """,
        Written.For("claude-sonnet-4-5", Written.Hi with
        {
            Instructions = [new ContentPart.Text("be brief") { Cache = new CacheMark("1h") }],
            MaxOutputTokens = 99,
            Tools = [Written.Tool() with { Description = "does f", Cache = new CacheMark() }, new ToolDefinition("g")],
            ParallelToolCalls = false,
            Temperature = 1.7m,
            TopP = 0.5m,
            TopK = 40,
            Stop = ["END"],
            Seed = 7,
            User = "u1",
            ServiceTier = "auto",
            Stream = true,
        }));

    [Fact]
    public void A_stop_text_of_blanks_alone_is_refused_by_name_where_the_model_takes_none()
    {
        var request = Written.Hi with { Stop = ["END", "\n"] };

        var refusal = Assert.Throws<TranslationException>(() => Written.For("claude-opus-5", request));
        Assert.Equal("stop", refusal.Param);
        Assert.Equal("""["END","\n"]""", Written.For("glm-5", request)["stop_sequences"]?.ToJsonString());
    }

    [Theory]
    [InlineData("claude-3-5-sonnet-20241022", """{"temperature":0.3,"top_p":0.5}""")]
    [InlineData("claude-haiku-4-5", """{"temperature":0.3}""")]
    [InlineData("claude-opus-4-8", "{}")]
    public void Sampling_is_said_as_far_as_the_model_takes_it(string model, string expected)
    {
        var written = Written.For(model, Written.Hi with { Temperature = 0.3m, TopP = 0.5m });
        var said = new JsonObject();
        foreach (var name in (string[])["temperature", "top_p", "top_k"])
        {
            if (written[name] is { } value)
            {
                said[name] = value.DeepClone();
            }
        }

        Written.Is(expected, said);
    }

    [Fact]
    public void A_lone_top_p_is_said() =>
        Assert.Equal("0.5", Written.For("claude-haiku-4-5", Written.Hi with { TopP = 0.5m })["top_p"]!.ToJsonString());

    [Theory]
    [InlineData(nameof(ToolChoiceKind.Auto), """{"type":"auto"}""")]
    [InlineData(nameof(ToolChoiceKind.None), """{"type":"none"}""")]
    [InlineData(nameof(ToolChoiceKind.Required), """{"type":"any"}""")]
    [InlineData(nameof(ToolChoiceKind.Named), """{"type":"tool","name":"f"}""")]
    public void Each_choice_of_tools_has_its_word(string kind, string expected)
    {
        var choice = new ToolChoice(Enum.Parse<ToolChoiceKind>(kind), kind == "Named" ? "f" : null);
        var request = Written.Hi with { Tools = [Written.Tool()], ToolChoice = choice };

        Written.Is(expected, Written.For("claude-sonnet-4-5", request)["tool_choice"]);
    }

    [Theory]
    [InlineData(true, """{"type":"any","disable_parallel_tool_use":false}""")]
    [InlineData(false, """{"type":"any","disable_parallel_tool_use":true}""")]
    public void Whether_tools_are_called_side_by_side_stands_beside_the_choice(bool isParallel, string expected)
    {
        var request = Written.Hi with
        {
            Tools = [Written.Tool()],
            ToolChoice = ToolChoice.Required,
            ParallelToolCalls = isParallel,
        };

        Written.Is(expected, Written.For("claude-sonnet-4-5", request)["tool_choice"]);
        Assert.Null(Written.For("claude-sonnet-4-5", request with { Tools = [] })["tool_choice"]);
        Written.Is(
            """{"type":"none"}""",
            Written.For("claude-sonnet-4-5", request with { ToolChoice = ToolChoice.None })["tool_choice"]);
    }

    [Fact]
    public void A_schema_that_must_be_followed_is_told_to_models_that_follow_one()
    {
        var schema = Written.Json("""{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}""");
        var request = Written.Hi with { Format = new OutputFormat(schema) { Strict = true } };

        var written = Written.For("claude-sonnet-4-5", request);
        Written.Is(
            """
            {"format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"}},
             "required":["a"],"additionalProperties":false}}}
            """,
            written["output_config"]);
        Assert.Null(written["tools"]);
    }

    [Theory]
    [InlineData("claude-sonnet-4-20250514", true, """{"type":"tool","name":"give_answer"}""")]
    [InlineData("claude-sonnet-4-5", null, """{"type":"tool","name":"give_answer"}""")]
    [InlineData("glm-5.2", true, """{"type":"tool","name":"give_answer"}""")]
    public void Another_form_is_a_tool_the_model_must_call(string model, bool? strict, string choice)
    {
        var schema = Written.Json("""{"type":"object","properties":{"a":{"minimum":1}}}""");
        var request = Written.Hi with { Format = new OutputFormat(schema) { Strict = strict } };

        var written = Written.For(model, request);
        Written.Is(choice, written["tool_choice"]);
        Written.Is(
            """{"type":"object","properties":{"a":{"minimum":1}}}""", written["tools"]![0]!["input_schema"]);
        Assert.Null(written["output_config"]);
    }

    [Fact]
    public void Any_JSON_object_is_a_tool_too_and_where_none_can_be_forced_it_is_offered()
    {
        var request = Written.Hi with { Format = new OutputFormat(Schema: null) };

        Written.Is("""{"type":"object"}""", Written.For("claude-opus-5", request)["tools"]![0]!["input_schema"]);
        Written.Is("""{"type":"auto"}""", Written.For("claude-opus-5-5", request)["tool_choice"]);
    }

    [Fact]
    public void Beside_other_tools_the_answer_is_one_of_those_that_must_be_called()
    {
        var request = Written.Hi with { Format = new OutputFormat(Schema: null), Tools = [Written.Tool()] };

        var written = Written.For("claude-opus-5", request);
        Written.Is("""{"type":"any"}""", written["tool_choice"]);
        Assert.Equal(2, written["tools"]!.AsArray().Count);
    }

    [Fact]
    public void A_strict_tool_is_strict_where_the_model_can()
    {
        var request = Written.Hi with { Tools = [Written.Tool() with { Strict = true }] };

        Written.Is(
            """
            {"name":"f","strict":true,"input_schema":
             {"type":"object","properties":{"x":{"type":"integer"}},"additionalProperties":false}}
            """,
            Written.For("claude-opus-4-6", request)["tools"]![0]);
        Assert.Null(Written.For("claude-3-7-sonnet", request)["tools"]![0]!["strict"]);
    }

    [Fact]
    public void What_the_protocol_has_no_words_for_is_refused_by_name()
    {
        Refused("n", Written.Hi with { Choices = 2 });
        Refused("logprobs", Written.Hi with { Logprobs = true });
        Refused("presence_penalty", Written.Hi with { PresencePenalty = 0.5m });
        Refused("frequency_penalty", Written.Hi with { FrequencyPenalty = -1 });
        Refused(null, Written.Ask(new ContentPart.Audio(new MediaSource { Base64 = "AAAA" })));
        Refused(null, Written.Hi with { Instructions = [new ContentPart.Image(new MediaSource { Url = "u" })] });
        Written.For("claude-opus-5", Written.Hi with { PresencePenalty = 0, FrequencyPenalty = 0 });

        static void Refused(string? param, GenerationRequest request) => Assert.Equal(
            param,
            Assert.Throws<TranslationException>(() => Written.For("claude-opus-5", request)).Param);
    }
}
