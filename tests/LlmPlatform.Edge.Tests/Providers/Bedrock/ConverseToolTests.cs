using LlmPlatform.Edge.Translation;
using static LlmPlatform.Edge.Tests.Providers.Bedrock.ConverseRequests;

namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

/// <summary>Tools, and the form of an answer, in the words of Converse.</summary>
public sealed class ConverseToolTests
{
    [Fact]
    public void Tools_calls_and_results_are_written_in_their_places() => Check(
        Hello with
        {
            Tools = [Look, new ToolDefinition("now") { Parameters = Json("{}"), Strict = true }],
            ToolChoice = ToolChoice.Auto,
            Turns =
            [
                User(new ContentPart.Text("Look!")),
                new Turn(TurnRole.Assistant, [
                    new ContentPart.Text("So."), new ContentPart.ToolCall("call_1", "look", """{"at":"it"}"""),
                    new ContentPart.ToolCall("functions.now:0", "now", ""),
                ]),
                new Turn(TurnRole.Tool, [new ContentPart.ToolResult("call_1", [new ContentPart.Text("seen")])]),
                new Turn(TurnRole.Tool, [new ContentPart.ToolResult("functions.now:0", []) { IsError = true }]),
                User(new ContentPart.Text("And?")),
            ],
        },
        """
        {"messages":[{"role":"user","content":[{"text":"Look!"}]},
        {"role":"assistant","content":[{"text":"So."},
        {"toolUse":{"toolUseId":"call_1","name":"look","input":{"at":"it"}}},
        {"toolUse":{"toolUseId":"call_46735f3562ed61a2cf3fac45874bb9ea","name":"now","input":{}}}]},
        {"role":"user","content":[{"toolResult":{"toolUseId":"call_1","content":[{"text":"seen"}]}},
        {"toolResult":{"toolUseId":"call_46735f3562ed61a2cf3fac45874bb9ea","content":[],"status":"error"}},
        {"text":"And?"}]}],
        "toolConfig":{"tools":[{"toolSpec":{"name":"look","description":"Looks.","inputSchema":{"json":
        {"type":"object","properties":{"at":{"type":"string"}},"required":["at"]}}}},
        {"toolSpec":{"name":"now","inputSchema":{"json":{"type":"object"}}}}],"toolChoice":{"auto":{}}},
        "inferenceConfig":{}}
        """);

    [Theory]
    [InlineData(ToolChoiceKind.Auto, """{"auto":{}}""")]
    [InlineData(ToolChoiceKind.Required, """{"any":{}}""")]
    [InlineData(ToolChoiceKind.Named, """{"tool":{"name":"look"}}""")]
    public void A_choice_of_tools_is_said(object kind, string choice)
    {
        var request = Hello with { Tools = [Look], ToolChoice = new ToolChoice((ToolChoiceKind)kind, "look") };

        Assert.Equal(choice, Write(request, Llama)["toolConfig"]!["toolChoice"]!.ToJsonString());
    }

    [Theory]
    [InlineData(ToolChoiceKind.Auto, """{"type":"auto","disable_parallel_tool_use":true}""")]
    [InlineData(ToolChoiceKind.Required, """{"type":"any","disable_parallel_tool_use":true}""")]
    [InlineData(ToolChoiceKind.Named, """{"type":"tool","name":"look","disable_parallel_tool_use":true}""")]
    public void One_tool_at_a_time_is_said_in_Claudes_own_words(object kind, string choice)
    {
        var request = Hello with
        {
            Tools = [Look],
            ToolChoice = new ToolChoice((ToolChoiceKind)kind, "look"),
            ParallelToolCalls = false,
        };

        var written = Write(request);

        Assert.Null(written["toolConfig"]!["toolChoice"]);
        Assert.Equal(choice, written["additionalModelRequestFields"]!["tool_choice"]!.ToJsonString());
        Assert.Equal("parallel_tool_calls", RefusedParam(request, Llama));
        Assert.NotNull(Write(request with { ParallelToolCalls = true }, Llama));
    }

    [Fact]
    public void Tools_that_may_not_be_called_are_left_out_or_forbidden_where_the_conversation_has_them()
    {
        var fresh = Hello with { Tools = [Look], ToolChoice = ToolChoice.None };
        var later = fresh with { Turns = AfterACall };
        var undeclared = later with { Tools = [], ToolChoice = null };

        Assert.Null(Write(fresh)["toolConfig"]);
        foreach (var request in new[] { later, undeclared })
        {
            var written = Write(request);
            Assert.Equal("look", written["toolConfig"]!["tools"]![0]!["toolSpec"]!["name"]!.GetValue<string>());
            Assert.Null(written["toolConfig"]!["toolChoice"]);
            Assert.Equal("""{"tool_choice":{"type":"none"}}""", ModelFields(request));
            Assert.Equal("tool_choice", RefusedParam(request, Llama));
        }
    }

    [Fact]
    public void A_schema_is_given_to_those_who_take_one()
    {
        var written = Write(Hello with { Format = Sum() with { Strict = true } });

        var format = written["outputConfig"]!["textFormat"]!;
        var definition = format["structure"]!["jsonSchema"]!;
        Assert.Equal("json_schema", format["type"]!.GetValue<string>());
        Assert.Equal(
            ("sum", "A sum."),
            (definition["name"]!.GetValue<string>(), definition["description"]!.GetValue<string>()));
        Assert.Equal(
            """{"type":"object","properties":{"sum":{"type":"number"}},"additionalProperties":false}""",
            definition["schema"]!.GetValue<string>());
        Assert.Null(written["toolConfig"]);
    }

    [Theory]
    [InlineData(OldClaude, """{"tool":{"name":"give_answer_in_form"}}""")]
    [InlineData(Nova, """{"tool":{"name":"give_answer_in_form"}}""")]
    [InlineData("mistral.mistral-large-2402-v1:0", """{"any":{}}""")]
    public void For_others_a_tool_stands_for_the_form_of_the_answer(string model, string choice)
    {
        var taken = new ToolDefinition("give_answer");
        var request = Hello with { Format = Sum(), Tools = [taken], ToolChoice = ToolChoice.None };

        var config = Write(request, model)["toolConfig"]!;

        Assert.Equal("give_answer_in_form", config["tools"]![1]!["toolSpec"]!["name"]!.GetValue<string>());
        Assert.NotNull(config["tools"]![1]!["toolSpec"]!["inputSchema"]!["json"]!["properties"]!["sum"]);
        Assert.Equal(choice, config["toolChoice"]!.ToJsonString());
    }

    [Fact]
    public void Beside_tools_that_may_be_called_the_model_chooses_between_them_and_the_answer()
    {
        var request = Hello with { Format = Sum(), Tools = [Look] };

        Assert.Equal("""{"any":{}}""", Write(request, Nova)["toolConfig"]!["toolChoice"]!.ToJsonString());
        var must = Write(request with { ToolChoice = ToolChoice.Required }, Nova)["toolConfig"]!;
        Assert.Single(must["tools"]!.AsArray());
    }

    [Fact]
    public void Any_JSON_is_asked_for_as_the_arguments_of_a_tool_where_a_tool_can_be_asked_for()
    {
        var request = Hello with { Format = new OutputFormat(Schema: null) };

        var spec = Write(request)["toolConfig"]!["tools"]![0]!["toolSpec"]!;

        Assert.Equal("""{"json":{"type":"object"}}""", spec["inputSchema"]!.ToJsonString());
        Assert.Equal("response_format", RefusedParam(request, Gpt));
        Assert.Equal("response_format", RefusedParam(Hello with { Format = Sum() }, Llama));
    }

    [Fact]
    public void A_tool_that_must_be_called_comes_before_thinking()
    {
        var request = Hello with { Format = Sum(), Reasoning = new ReasoningRequest { Effort = "high" } };

        Assert.Equal("null", ModelFields(request, OldClaude));
        Assert.Equal("""{"output_config":{"effort":"high"}}""", ModelFields(request, "anthropic.claude-opus-4-6-v1"));
    }

    [Fact]
    public void A_model_that_cannot_be_told_to_call_a_tool_is_offered_it()
    {
        var request = Hello with { Format = new OutputFormat(Schema: null) };

        var config = Write(request, "global.anthropic.claude-opus-5-5")["toolConfig"]!;

        Assert.Equal("give_answer", config["tools"]![0]!["toolSpec"]!["name"]!.GetValue<string>());
        Assert.Equal("""{"auto":{}}""", config["toolChoice"]!.ToJsonString());
    }

    [Fact]
    public void Arguments_are_held_to_their_schema_where_the_model_can_be()
    {
        var request = Hello with { Tools = [Look with { Strict = true }] };

        var spec = Write(request)["toolConfig"]!["tools"]![0]!["toolSpec"]!;

        Assert.True(spec["strict"]!.GetValue<bool>());
        Assert.False(spec["inputSchema"]!["json"]!["additionalProperties"]!.GetValue<bool>());
        Assert.Null(Write(request, Nova)["toolConfig"]!["tools"]![0]!["toolSpec"]!["strict"]);
    }
}
