using System.Text;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.ChatCompletions;

/// <summary>All that a chat can say is understood, or refused by name.</summary>
public sealed class ChatGenerationReaderTests
{
    [Fact]
    public void Instructions_are_drawn_to_the_front_and_results_of_tools_stand_together()
    {
        var request = Read(
            """
            "messages":[
            {"role":"system","content":"a"},
            {"role":"user","name":"ann","content":"b"},
            {"role":"assistant","content":"","tool_calls":[
              {"id":"1","type":"function","function":{"name":"f","arguments":"{}"}},
              {"id":"2","function":{"name":"g"}}]},
            {"role":"tool","tool_call_id":"1","content":"x"},
            {"role":"developer","content":[{"type":"text","text":"c"}]},
            {"role":"tool","tool_call_id":"2","content":[{"type":"text","text":"y"}]},
            {"role":"assistant","content":null,"refusal":"no"},
            {"role":"assistant","content":""}]
            """);

        Assert.Equal(
            [new ContentPart.Text("a"), new ContentPart.Text("c")], request.Instructions);
        Assert.Equal(
            [TurnRole.User, TurnRole.Assistant, TurnRole.Tool, TurnRole.Assistant],
            request.Turns.Select(turn => turn.Role));
        Assert.Equal("ann", request.Turns[0].Name);
        Assert.Equal(
            [new ContentPart.ToolCall("1", "f", "{}"), new ContentPart.ToolCall("2", "g", "{}")],
            request.Turns[1].Parts);
        Assert.Equal(
            [("1", "x"), ("2", "y")],
            request.Turns[2].Parts.Cast<ContentPart.ToolResult>()
                .Select(result => (result.ToolCallId, ((ContentPart.Text)result.Content[0]).Value)));
        Assert.Equal([new ContentPart.Refusal("no")], request.Turns[3].Parts);
    }

    [Fact]
    public void Pictures_sound_and_documents_are_understood_in_all_their_shapes()
    {
        var parts = Read(
            """
            "messages":[{"role":"user","content":[
            {"type":"text","text":"t","cache_control":{"type":"ephemeral","ttl":"1h"}},
            {"type":"image_url","image_url":{"url":"https://x/y.png","detail":"high"}},
            {"type":"image_url","image_url":"data:image/webp;base64,AAAA"},
            {"type":"input_audio","input_audio":{"data":"BBBB","format":"mp3"}},
            {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,CCCC"}},
            {"type":"file","file":{"file_id":"file-1"}},
            {"type":"file","file":{"file_id":"gs://b/c.pdf","format":"application/pdf"}}]}]
            """).Turns[0].Parts;

        Assert.Equal(
            [
                new ContentPart.Text("t") { Cache = new CacheMark("1h") },
                new ContentPart.Image(new MediaSource { Url = "https://x/y.png" }) { Detail = "high" },
                new ContentPart.Image(new MediaSource { MediaType = "image/webp", Base64 = "AAAA" }),
                new ContentPart.Audio(new MediaSource { MediaType = "audio/mpeg", Base64 = "BBBB" }),
                new ContentPart.Document(new MediaSource { MediaType = "application/pdf", Base64 = "CCCC" })
                {
                    Name = "a.pdf",
                },
                new ContentPart.Document(new MediaSource { FileId = "file-1" }),
                new ContentPart.Document(new MediaSource { MediaType = "application/pdf", Url = "gs://b/c.pdf" }),
            ],
            parts);
    }

    [Fact]
    public void Thoughts_come_back_with_the_signatures_their_makers_want()
    {
        var parts = Read(
            """
            "messages":[{"role":"assistant","content":"a","reasoning_content":"ignored beside the blocks",
            "thinking_blocks":[{"type":"thinking","thinking":"t","signature":"s"},
            {"type":"thinking","thinking":"u","signature":"gemini#g"},{"type":"redacted_thinking","data":"r"}],
            "tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"},
            "extra_content":{"google":{"thought_signature":"x"}}},
            {"id":"2","function":{"name":"f","arguments":"{}"},
            "provider_specific_fields":{"thought_signature":"y"}}]},
            {"role":"assistant","content":"b","reasoning_content":"v"}]
            """).Turns;

        Assert.Equal(
            [
                new ContentPart.Thinking("t") { Signature = new ThoughtSignature("anthropic", "s") },
                new ContentPart.Thinking("u") { Signature = new ThoughtSignature("gemini", "g") },
                new ContentPart.Thinking("") { Signature = new ThoughtSignature("anthropic", "r"), IsRedacted = true },
                new ContentPart.Text("a"),
                new ContentPart.ToolCall("1", "f", "{}") { Signature = new ThoughtSignature("gemini", "x") },
                new ContentPart.ToolCall("2", "f", "{}") { Signature = new ThoughtSignature("gemini", "y") },
            ],
            parts[0].Parts);
        Assert.Equal([new ContentPart.Thinking("v"), new ContentPart.Text("b")], parts[1].Parts);
    }

    [Fact]
    public void Marks_for_caching_are_read_from_parts_messages_results_and_tools()
    {
        var request = Read(
            """
            "messages":[{"role":"system","content":"a","cache_control":{"type":"ephemeral"}},
            {"role":"user","content":[{"type":"text","text":"b"},{"type":"text","text":"c"}],
            "cache_control":{"type":"ephemeral"}},
            {"role":"assistant","content":"d","tool_calls":[{"id":"1","function":{"name":"f"}}]},
            {"role":"tool","tool_call_id":"1","content":"e","cache_control":{"type":"ephemeral"}}],
            "tools":[{"type":"function","function":{"name":"f"},"cache_control":{"type":"ephemeral"}},
            {"type":"function","function":{"name":"g","cache_control":{"type":"ephemeral"}}}]
            """);

        var mark = new CacheMark();
        Assert.Equal(mark, request.Instructions[0].Cache);
        Assert.Equal([null, mark], request.Turns[0].Parts.Select(part => part.Cache));
        Assert.Equal(mark, request.Turns[2].Parts[0].Cache);
        Assert.Equal([mark, mark], request.Tools.Select(tool => tool.Cache));
    }

    [Theory]
    [InlineData("\"tool_choice\":\"auto\"", ToolChoiceKind.Auto, null, "f,g")]
    [InlineData("\"tool_choice\":\"none\"", ToolChoiceKind.None, null, "f,g")]
    [InlineData("\"tool_choice\":\"required\"", ToolChoiceKind.Required, null, "f,g")]
    [InlineData(
        "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g\"}}", ToolChoiceKind.Named, "g", "f,g")]
    [InlineData(
        """
        "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[
        {"type":"function","function":{"name":"g"}}]}}
        """,
        ToolChoiceKind.Required, null, "g")]
    public void Which_tools_may_be_called_is_understood(string member, object kind, string? name, string tools)
    {
        var request = Read(
            $$$"""
            "messages":[{"role":"user","content":"x"}],{{{member}}},"parallel_tool_calls":true,
            "tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,
            "parameters":{"type":"object"} } },{"type":"function","function":{"name":"g"} }]
            """);

        Assert.Equal(new ToolChoice((ToolChoiceKind)kind, name), request.ToolChoice);
        Assert.Equal(tools, string.Join(',', request.Tools.Select(tool => tool.Name)));
        Assert.True(request.ParallelToolCalls);
    }

    [Fact]
    public void The_older_way_of_calling_functions_is_understood()
    {
        var request = Read(
            """
            "messages":[{"role":"user","content":"x"},
            {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"a\":1}"}},
            {"role":"function","name":"f","content":"y"}],
            "functions":[{"name":"f","parameters":{"type":"object"}}],"function_call":{"name":"f"}
            """);

        var call = Assert.IsType<ContentPart.ToolCall>(request.Turns[1].Parts[0]);
        Assert.Equal(call.Id, ((ContentPart.ToolResult)request.Turns[2].Parts[0]).ToolCallId);
        Assert.Equal(("f", "{\"a\":1}"), (call.Name, call.Arguments));
        Assert.Equal(new ToolChoice(ToolChoiceKind.Named, "f"), request.ToolChoice);
        Assert.False(request.ParallelToolCalls);
    }

    [Fact]
    public void Every_setting_has_its_place()
    {
        var request = Read(
            """
            "messages":[{"role":"user","content":"x"}],"max_tokens":5,"max_completion_tokens":7,"temperature":0.1,
            "top_p":0.2,"top_k":3,"stop":["a","b"],"seed":-4,"presence_penalty":-2,"frequency_penalty":2,"n":2,
            "logprobs":true,"top_logprobs":5,"reasoning_effort":"low","verbosity":"high","user":"u",
            "service_tier":"flex","metadata":{"k":"v"},"store":true,"prompt_cache_key":"p","logit_bias":{},"unknown":1,
            "response_format":{"type":"json_schema","json_schema":{"name":"s","strict":true,"schema":{"type":"object"}}}
            """);

        Assert.Equal((7L, 0.1m, 0.2m, 3), (request.MaxOutputTokens, request.Temperature, request.TopP, request.TopK));
        Assert.Equal(["a", "b"], request.Stop);
        Assert.Equal((-4L, 2), (request.Seed, request.Choices));
        Assert.Equal((-2m, 2m), (request.PresencePenalty, request.FrequencyPenalty));
        Assert.Equal((true, 5, "low"), (request.Logprobs, request.TopLogprobs, request.Reasoning!.Effort));
        Assert.Equal(("high", "u", "flex"), (request.Verbosity, request.User, request.ServiceTier));
        Assert.Equal("""{"k":"v"}""", request.Metadata!.Value.GetRawText());
        Assert.Equal(("s", true), (request.Format!.Name, request.Format.Strict));
        Assert.Equal("""{"type":"object"}""", request.Format.Schema!.Value.GetRawText());
    }

    [Theory]
    [InlineData("\"reasoning_effort\":\"none\"", false, "none", null)]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":4000}", true, null, 4000L)]
    [InlineData("\"thinking\":{\"type\":\"disabled\"}", false, null, null)]
    [InlineData("\"reasoning\":{\"effort\":\"high\",\"exclude\":true}", true, "high", null)]
    [InlineData("\"reasoning\":{\"max_tokens\":99}", true, null, 99L)]
    public void How_much_to_think_is_understood_in_the_words_of_three_vendors(
        string member, bool isEnabled, string? effort, long? budget)
    {
        var reasoning = Read($"\"messages\":[],{member}").Reasoning!;

        Assert.Equal((isEnabled, effort, budget), (reasoning.IsEnabled, reasoning.Effort, reasoning.BudgetTokens));
    }

    [Theory]
    [InlineData("\"messages\":[{\"role\":\"robot\",\"content\":\"secret\"}]", "messages[0].role")]
    [InlineData("\"messages\":[{\"role\":\"user\",\"content\":null}]", "messages[0].content")]
    [InlineData("\"messages\":[{\"role\":\"user\",\"content\":{\"secret\":1}}]", "messages[0].content")]
    [InlineData(
        "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"video_url\"}]}]", "messages[0].content[0].type")]
    [InlineData(
        "\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":\"image_url\"}]}]", "messages[0].content[0].type")]
    [InlineData(
        "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":\"data:,secret\"}]}]",
        "messages[0].content[0].image_url")]
    [InlineData("\"messages\":[{\"role\":\"tool\",\"content\":\"secret\"}]", "messages[0].tool_call_id")]
    [InlineData("\"messages\":[{\"role\":\"function\",\"name\":\"f\",\"content\":\"\"}]", "messages[0].name")]
    [InlineData("\"messages\":[{\"role\":\"assistant\",\"audio\":{\"id\":\"secret\"}}]", "messages[0].audio")]
    [InlineData(
        "\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"type\":\"custom\"}]}]",
        "messages[0].tool_calls[0].type")]
    [InlineData("\"messages\":[\"secret\"]", "messages[0]")]
    [InlineData("\"messages\":[],\"tools\":[{\"type\":\"web_search\"}]", "tools[0].type")]
    [InlineData("\"messages\":[],\"tools\":[{\"type\":\"custom\",\"custom\":{}}]", "tools[0].type")]
    [InlineData("\"messages\":[],\"tool_choice\":{\"type\":\"custom\"}", "tool_choice.type")]
    [InlineData("\"messages\":[],\"web_search_options\":{}", "web_search_options")]
    [InlineData("\"messages\":[],\"modalities\":[\"text\",\"audio\"]", "modalities")]
    [InlineData("\"messages\":[],\"logit_bias\":{\"1\":2}", "logit_bias")]
    [InlineData("\"messages\":[],\"response_format\":{\"type\":\"grammar\"}", "response_format.type")]
    [InlineData("\"messages\":[],\"reasoning_effort\":\"secret\"", "reasoning_effort")]
    [InlineData("\"messages\":[],\"top_p\":1.5", "top_p")]
    public void What_cannot_be_said_elsewhere_is_refused_by_name(string members, string param)
    {
        var refusal = Assert.Throws<TranslationException>(() => Read(members));

        Assert.Equal(param, refusal.Param);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    private static GenerationRequest Read(string members)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"m",{{members}}}""");
        return ChatGenerationReader.Read(RequestObject.Parse(body));
    }
}
