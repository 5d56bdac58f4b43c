using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.Anthropic;

/// <summary>A conversation as Anthropic wants it.</summary>
public sealed class TurnWriterTests
{
    [Fact]
    public void The_two_sides_speak_in_turn_and_results_come_first() => Said(
        """
        [{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
         {"role":"assistant","content":[{"type":"text","text":"c"},
          {"type":"tool_use","id":"t1","name":"f","input":{"x":1}},
          {"type":"tool_use","id":"t2","name":"g","input":{}}]},
         {"role":"user","content":[
          {"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"1"}]},
          {"type":"tool_result","tool_use_id":"t2","is_error":true},
          {"type":"text","text":"and?"}]}]
        """,
        new Turn(TurnRole.User, [new ContentPart.Text("a")]),
        new Turn(TurnRole.User, [new ContentPart.Text("b"), new ContentPart.Text(" ")]),
        new Turn(TurnRole.Assistant, [new ContentPart.Text("c")]),
        new Turn(
            TurnRole.Assistant,
            [new ContentPart.ToolCall("t1", "f", """{"x":1}"""), new ContentPart.ToolCall("t2", "g", "{}")]),
        new Turn(TurnRole.Tool, [new ContentPart.ToolResult("t1", [new ContentPart.Text("1")])]),
        new Turn(TurnRole.User, [new ContentPart.Text("and?")]),
        new Turn(TurnRole.Tool, [new ContentPart.ToolResult("t2", []) { IsError = true }]));

    [Fact]
    public void The_caller_speaks_first_though_it_has_nothing_to_say()
    {
        Said(
            """
            [{"role":"user","content":[{"type":"text","text":"."}]},
             {"role":"assistant","content":[{"type":"text","text":"Hello! "}]},
             {"role":"user","content":[{"type":"text","text":"hi"}]}]
            """,
            new Turn(TurnRole.Assistant, [new ContentPart.Text("Hello! ")]),
            new Turn(TurnRole.User, [new ContentPart.Text("hi")]));
        Said("""[{"role":"user","content":[{"type":"text","text":"."}]}]""");
    }

    [Fact]
    public void An_answer_to_go_on_with_ends_in_no_blank() => Said(
        """
        [{"role":"user","content":[{"type":"text","text":"q "}]},
         {"role":"assistant","content":[{"type":"text","text":"The answer is"}]}]
        """,
        new Turn(TurnRole.User, [new ContentPart.Text("q ")]),
        new Turn(TurnRole.Assistant, [new ContentPart.Text("The answer is \n")]));

    [Fact]
    public void Thoughts_go_back_to_Anthropic_only_where_Anthropic_signed_them() => Said(
        """
        [{"role":"user","content":[{"type":"text","text":"q"}]},
         {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"S"},
          {"type":"redacted_thinking","data":"R"},{"type":"text","text":"a"}]}]
        """,
        new Turn(TurnRole.User, [new ContentPart.Text("q")]),
        new Turn(
            TurnRole.Assistant,
            [
                new ContentPart.Thinking("hm") { Signature = new ThoughtSignature("anthropic", "S") },
                new ContentPart.Thinking("") { Signature = new ThoughtSignature("anthropic", "R"), IsRedacted = true },
                new ContentPart.Thinking("gemini's") { Signature = new ThoughtSignature("gemini", "G") },
                new ContentPart.Thinking("nobody's"),
                new ContentPart.Text("a"),
            ]));

    [Fact]
    public void Marks_for_the_cache_are_kept_and_ids_are_made_plain() => Said(
        """
        [{"role":"user","content":[{"type":"text","text":"q","cache_control":{"type":"ephemeral"}}]},
         {"role":"assistant","content":[{"type":"tool_use","id":"call_a_b_1","name":"f","input":{}}]},
         {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_a_b_1",
          "content":[{"type":"text","text":"r"}],"cache_control":{"type":"ephemeral","ttl":"5m"}}]}]
        """,
        new Turn(TurnRole.User, [new ContentPart.Text("q") { Cache = new CacheMark() }]),
        new Turn(TurnRole.Assistant, [new ContentPart.ToolCall("a:b.1", "f", "{}")]),
        new Turn(
            TurnRole.Tool,
            [new ContentPart.ToolResult("a:b.1", [new ContentPart.Text("r")]) { Cache = new CacheMark("5m") }]));

    [Fact]
    public void Pictures_and_documents_are_said_wherever_they_are() => Said(
        """
        [{"role":"user","content":[
          {"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"/9j/AA"}},
          {"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"AA"}},
          {"type":"image","source":{"type":"url","url":"https://a/b.png"}},
          {"type":"image","source":{"type":"file","file_id":"file_1"}},
          {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBE"},"title":"t.pdf"},
          {"type":"document","source":{"type":"text","media_type":"text/plain","data":"né"}},
          {"type":"document","source":{"type":"text","media_type":"text/plain","data":"plain"}},
          {"type":"document","source":{"type":"url","url":"https://a/c.pdf"}}]}]
        """,
        new Turn(
            TurnRole.User,
            [
                new ContentPart.Image(new MediaSource { Base64 = "/9j/AA" }),
                new ContentPart.Image(new MediaSource { Base64 = "AA", MediaType = "image/jpg" }),
                new ContentPart.Image(new MediaSource { Url = "https://a/b.png" }),
                new ContentPart.Image(new MediaSource { FileId = "file_1" }),
                new ContentPart.Document(new MediaSource { Base64 = "JVBE" }) { Name = "t.pdf" },
                new ContentPart.Document(new MediaSource { Base64 = "bsOp", MediaType = "text/markdown" }),
                new ContentPart.Document(new MediaSource { Text = "plain" }),
                new ContentPart.Document(new MediaSource { Url = "https://a/c.pdf" }),
            ]));

    [Fact]
    public void What_Anthropic_does_not_take_is_refused_without_repeating_it()
    {
        Refused(new ContentPart.ToolCall("t", "f", "{\"secret"));
        Refused(new ContentPart.ToolCall("t", "f", "[]"));
        Refused(new ContentPart.Document(new MediaSource { Base64 = "AAAA", MediaType = "application/zip" }));
        Refused(new ContentPart.Document(new MediaSource { Base64 = "secret!", MediaType = "text/plain" }));

        static void Refused(ContentPart part) => Assert.DoesNotContain(
            "secret",
            Assert.Throws<TranslationException>(() => Written.For("claude-opus-5", Written.Ask(part))).Message,
            StringComparison.Ordinal);
    }

    private static void Said(string expected, params Turn[] turns) =>
        Written.Is(expected, Written.For("claude-opus-5", new GenerationRequest { Turns = turns })["messages"]);
}
