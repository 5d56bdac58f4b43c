using System.Text;
using LlmPlatform.Edge.Messages;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Messages;

/// <summary>A Messages request in the shape all protocols share.</summary>
public sealed class MessagesReadingTests
{
    [Fact]
    public void A_request_is_read_whole()
    {
        var request = Read(
            """
            "system":[{"type":"text","text":"s1","cache_control":{"type":"ephemeral","ttl":"1h"}},
             {"type":"text","text":"s2"}],
            "messages":[{"role":"user","content":"q"},{"role":"system","content":"s3"}],
            "max_tokens":99,"temperature":1.5,"top_p":0.9,"top_k":40,"stop_sequences":["a","b"],"stream":true,
            "metadata":{"user_id":"u"},"service_tier":"standard_only","context_management":{"edits":[]},"speed":"fast",
            "tools":[{"name":"f","description":"d","input_schema":{"type":"object"},"strict":true,
                      "cache_control":{"type":"ephemeral"},"eager_input_streaming":true},
                     {"type":"custom","name":"g","input_schema":{}}],
            "tool_choice":{"type":"any","disable_parallel_tool_use":true}
            """);

        Assert.Equal(
            [
                new ContentPart.Text("s1") { Cache = new CacheMark("1h") },
                new ContentPart.Text("s2"),
                new ContentPart.Text("s3"),
            ],
            request.Instructions);
        Assert.Equal([new ContentPart.Text("q")], Assert.Single(request.Turns).Parts);
        Assert.Equal(
            (99L, 1.5m, 0.9m, 40, true, "u", "standard_only"),
            (request.MaxOutputTokens, request.Temperature, request.TopP, request.TopK, request.Stream, request.User,
                request.ServiceTier));
        Assert.Equal(["a", "b"], request.Stop);
        Assert.Equal(["f", "g"], request.Tools.Select(tool => tool.Name));
        Assert.Equal(
            ("d", true, new CacheMark(), """{"type":"object"}"""),
            (request.Tools[0].Description, request.Tools[0].Strict, request.Tools[0].Cache,
                request.Tools[0].Parameters!.Value.GetRawText()));
        Assert.Equal(ToolChoice.Required, request.ToolChoice);
        Assert.False(request.ParallelToolCalls);
    }

    [Theory]
    [InlineData("""{"type":"auto"}""", nameof(ToolChoiceKind.Auto), null, null)]
    [InlineData("""{"type":"none"}""", nameof(ToolChoiceKind.None), null, null)]
    [InlineData("""{"type":"any","disable_parallel_tool_use":false}""", nameof(ToolChoiceKind.Required), null, true)]
    [InlineData("""{"type":"tool","name":"f"}""", nameof(ToolChoiceKind.Named), "f", null)]
    public void Each_choice_of_tools_is_known(string choice, string kind, string? name, bool? isParallel)
    {
        var request = Read($$"""{{Hi}},"tool_choice":{{choice}}""");

        Assert.Equal((kind, name), (request.ToolChoice!.Kind.ToString(), request.ToolChoice.Name));
        Assert.Equal(isParallel, request.ParallelToolCalls);
    }

    [Fact]
    public void Results_are_a_turn_of_their_own_before_what_else_is_said()
    {
        var request = Read(
            """
            "messages":[{"role":"user","content":[
             {"type":"tool_result","tool_use_id":"a","content":"1","cache_control":{"type":"ephemeral"}},
             {"type":"tool_result","tool_use_id":"b","is_error":true,"content":[{"type":"text","text":"2"},
              {"type":"image","source":{"type":"url","url":"https://a/b"}}]},
             {"type":"tool_result","tool_use_id":"c"},
             {"type":"text","text":"and?"}]}]
            """);

        Assert.Equal([TurnRole.Tool, TurnRole.User], request.Turns.Select(turn => turn.Role));
        var results = request.Turns[0].Parts.Cast<ContentPart.ToolResult>().ToList();
        Assert.Equal(["a", "b", "c"], results.Select(result => result.ToolCallId));
        Assert.Equal([false, true, false], results.Select(result => result.IsError));
        Assert.Equal([1, 2, 0], results.Select(result => result.Content.Count));
        Assert.Equal(new CacheMark(), results[0].Cache);
    }

    [Fact]
    public void What_the_model_said_is_read_with_its_thoughts_and_calls()
    {
        var request = Read(
            """
            "messages":[{"role":"assistant","content":[
             {"type":"thinking","thinking":"hm","signature":"S"},{"type":"redacted_thinking","data":"R"},
             {"type":"thinking","thinking":"unsigned","signature":""},
             {"type":"thinking","thinking":"gemini's","signature":"gemini#G"},
             {"type":"text","text":"t","citations":null},
             {"type":"tool_use","id":"a","name":"f","input":{"x": 1}},
             {"type":"thinking","thinking":"","signature":"gemini#C"},
             {"type":"tool_use","id":"b","name":"g","input":{}}]}]
            """);

        Assert.Equal(
            [
                new ContentPart.Thinking("hm") { Signature = new ThoughtSignature("anthropic", "S") },
                new ContentPart.Thinking("") { Signature = new ThoughtSignature("anthropic", "R"), IsRedacted = true },
                new ContentPart.Thinking("unsigned"),
                new ContentPart.Thinking("gemini's") { Signature = new ThoughtSignature("gemini", "G") },
                new ContentPart.Text("t"),
                new ContentPart.ToolCall("a", "f", """{"x": 1}"""),
                new ContentPart.ToolCall("b", "g", "{}") { Signature = new ThoughtSignature("gemini", "C") },
            ],
            Assert.Single(request.Turns).Parts);
    }

    [Fact]
    public void Pictures_and_documents_are_read_wherever_they_are()
    {
        var request = Read(
            """
            "messages":[{"role":"user","content":[
             {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA"},
              "cache_control":{"type":"ephemeral"}},
             {"type":"image","source":{"type":"url","url":"https://a/b.png"}},
             {"type":"image","source":{"type":"file","file_id":"file_1"}},
             {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"BB"},
              "title":"t","context":"c"},
             {"type":"document","source":{"type":"text","media_type":"text/plain","data":"plain"},
              "citations":{"enabled":false}},
             {"type":"document","source":{"type":"content","content":[{"type":"text","text":"block"}]}},
             {"type":"document","source":{"type":"url","url":"https://a/c.pdf"}}]}]
            """);

        Assert.Equal(
            [
                new ContentPart.Image(new MediaSource { MediaType = "image/png", Base64 = "AA" })
                {
                    Cache = new CacheMark(),
                },
                new ContentPart.Image(new MediaSource { Url = "https://a/b.png" }),
                new ContentPart.Image(new MediaSource { FileId = "file_1" }),
                new ContentPart.Text("c"),
                new ContentPart.Document(new MediaSource { MediaType = "application/pdf", Base64 = "BB" })
                {
                    Name = "t",
                },
                new ContentPart.Document(new MediaSource { MediaType = "text/plain", Text = "plain" }),
                new ContentPart.Text("block"),
                new ContentPart.Document(new MediaSource { Url = "https://a/c.pdf" }),
            ],
            Assert.Single(request.Turns).Parts);
    }

    [Theory]
    [InlineData("""{"type":"enabled","budget_tokens":2000}""", null, true, null, 2000L, true)]
    [InlineData("""{"type":"enabled","budget_tokens":2000,"display":"omitted"}""", null, true, null, 2000L, false)]
    [InlineData("""{"type":"adaptive"}""", "low", true, "low", null, true)]
    [InlineData("""{"type":"adaptive","display":"summarized"}""", null, true, null, null, true)]
    [InlineData("""{"type":"disabled"}""", "high", false, null, null, null)]
    [InlineData("null", "max", true, "max", null, null)]
    public void How_much_to_think_is_read(
        string thinking, string? effort, bool isEnabled, string? readEffort, long? budget, bool? shows)
    {
        var config = effort is null ? "null" : $$"""{"effort":"{{effort}}"}""";
        var read = Read($$"""{{Hi}},"thinking":{{thinking}},"output_config":{{config}}""").Reasoning!;

        Assert.Equal(
            (isEnabled, readEffort, budget, shows),
            (read.IsEnabled, read.Effort, read.BudgetTokens, read.ShowThoughts));
    }

    [Theory]
    [InlineData("\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}}")]
    [InlineData("\"output_format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}")]
    public void The_form_of_an_answer_is_read_by_its_new_name_and_its_old(string member)
    {
        var format = Read($"{Hi},{member}").Format!;

        Assert.True(format.Strict);
        Assert.Equal("""{"type":"object"}""", format.Schema!.Value.GetRawText());
    }

    [Fact]
    public void A_mark_on_the_request_stands_for_one_on_its_last_block()
    {
        var request = Read(
            """
            "cache_control":{"type":"ephemeral","ttl":"1h"},
            "messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]
            """);

        Assert.Equal([null, new CacheMark("1h")], request.Turns[0].Parts.Select(part => part.Cache));
    }

    [Theory]
    [InlineData("\"tools\":[{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}]", "tools[0].type")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{},\"input_examples\":[{}]}]", "tools[0].input_examples")]
    [InlineData("\"tools\":[{\"name\":\"f\"}]", "tools[0].input_schema")]
    [InlineData("\"mcp_servers\":[{\"url\":\"secret\"}]", "mcp_servers")]
    [InlineData("\"container\":\"c\"", "container")]
    [InlineData("\"inference_geo\":\"us\"", "inference_geo")]
    [InlineData("\"tool_choice\":{\"type\":\"some\"}", "tool_choice.type")]
    [InlineData("\"thinking\":{\"type\":\"enabled\"}", "thinking.budget_tokens")]
    [InlineData("\"output_config\":{\"format\":{\"type\":\"grammar\"}}", "output_config.format.type")]
    [InlineData("\"system\":[{\"type\":\"image\",\"source\":{\"type\":\"url\",\"url\":\"u\"}}]", "system")]
    [InlineData("\"temperature\":3", "temperature")]
    public void What_only_Anthropic_can_and_what_is_wrong_is_refused_by_name(string member, string param) =>
        Refused(param, $"{Hi},{member}");

    [Theory]
    [InlineData("""[{"role":"user"}]""", "messages[0].content")]
    [InlineData("""[{"role":"bot","content":"secret"}]""", "messages[0].role")]
    [InlineData(
        """[{"role":"user","content":[{"type":"search_result","source":"secret"}]}]""", "messages[0].content[0].type")]
    [InlineData("""[{"role":"user","content":["secret"]}]""", "messages[0].content[0]")]
    [InlineData("""[{"role":"user","content":[{"type":"text"}]}]""", "messages[0].content[0].text")]
    [InlineData("""[{"role":"user","content":[{"type":"image"}]}]""", "messages[0].content[0].source")]
    [InlineData(
        """[{"role":"user","content":[{"type":"image","source":{"type":"ftp"}}]}]""",
        "messages[0].content[0].source.type")]
    [InlineData(
        """
        [{"role":"user","content":[
         {"type":"document","source":{"type":"text","data":"x"},"citations":{"enabled":true}}]}]
        """,
        "messages[0].content[0].citations")]
    [InlineData(
        """[{"role":"assistant","content":[{"type":"server_tool_use","id":"secret"}]}]""",
        "messages[0].content[0].type")]
    public void What_a_message_holds_that_cannot_be_told_is_refused_with_its_place(string messages, string param) =>
        Refused(param, $"\"messages\":{messages}");

    [Fact]
    public void A_global_region_is_as_good_as_none() =>
        Assert.Single(Read(Hi + ",\"inference_geo\":\"global\"").Turns);

    private const string Hi = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    private static void Refused(string param, string members)
    {
        var refusal = Assert.Throws<TranslationException>(() => Read(members));
        Assert.Equal(param, refusal.Param);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    private static GenerationRequest Read(string members) =>
        MessagesReading.Read(Encoding.UTF8.GetBytes("{\"model\":\"m\"," + members + "}"));
}
