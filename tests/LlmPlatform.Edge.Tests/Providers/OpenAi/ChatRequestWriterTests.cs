using System.Text.Json;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.OpenAi;

/// <summary>Everything the common shape can say is said in OpenAI's words, or refused by name.</summary>
public sealed class ChatRequestWriterTests
{
    [Fact]
    public void A_conversation_keeps_its_order_and_its_speakers()
    {
        var request = new GenerationRequest
        {
            Instructions = [new ContentPart.Text("a"), new ContentPart.Text("b")],
            Turns =
            [
                new Turn(TurnRole.User, [new ContentPart.Text("c")]) { Name = "ann" },
                new Turn(TurnRole.Assistant,
                [
                    new ContentPart.Thinking("unsaid"), new ContentPart.Text("d"),
                    new ContentPart.ToolCall("1", "f", "{\"x\":1}"), new ContentPart.ToolCall("2", "g", "{}"),
                ]),
                new Turn(TurnRole.Tool,
                [
                    new ContentPart.ToolResult("1", [new ContentPart.Text("e"), new ContentPart.Text("f")]),
                    new ContentPart.ToolResult("2", [new ContentPart.Image(new MediaSource { Url = "https://i" })]),
                ]),
                new Turn(TurnRole.Assistant, [new ContentPart.Refusal("no")]),
                new Turn(TurnRole.Assistant, [new ContentPart.Thinking("only thought")]),
                new Turn(TurnRole.User, [new ContentPart.Text("g"), new ContentPart.Text("h")]),
            ],
        };

        Assert.Equal(
            OneLine(
                """
                [{"role":"system","content":"a\n\nb"},
                {"role":"user","name":"ann","content":"c"},
                {"role":"assistant","content":"d","tool_calls":[
                {"id":"1","type":"function","function":{"name":"f","arguments":"{\u0022x\u0022:1}"}},
                {"id":"2","type":"function","function":{"name":"g","arguments":"{}"}}]},
                {"role":"tool","tool_call_id":"1","content":"e\n\nf"},
                {"role":"tool","tool_call_id":"2","content":""},
                {"role":"user","content":[{"type":"image_url","image_url":{"url":"https://i"}}]},
                {"role":"assistant","content":null,"refusal":"no"},
                {"role":"user","content":[{"type":"text","text":"g"},{"type":"text","text":"h"}]}]
                """),
            ChatWritten.Member(request, ChatDialect.OpenAi, "messages"));
    }

    [Fact]
    public void Pictures_sound_and_documents_are_sent_as_OpenAI_takes_them()
    {
        var request = ChatWritten.Asking(
            new ContentPart.Image(new MediaSource { Base64 = "AA" }) { Detail = "low" },
            new ContentPart.Audio(new MediaSource { Base64 = "BB", MediaType = "audio/mpeg" }),
            new ContentPart.Document(new MediaSource { Base64 = "CC" }) { Name = "a.pdf" },
            new ContentPart.Document(new MediaSource { FileId = "file-1" }),
            new ContentPart.Document(new MediaSource { Text = "words" }) { Name = "t" });

        Assert.Equal(
            OneLine(
                """
                [{"role":"user","content":[
                {"type":"image_url","image_url":{"url":"data:image/png;base64,AA","detail":"low"}},
                {"type":"input_audio","input_audio":{"data":"BB","format":"mp3"}},
                {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,CC"}},
                {"type":"file","file":{"file_id":"file-1"}},
                {"type":"text","text":"t\n\nwords"}]}]
                """),
            ChatWritten.Member(request, ChatDialect.OpenAi, "messages"));
    }

    [Fact]
    public void Settings_have_OpenAIs_names()
    {
        using var schema = JsonDocument.Parse("""{"type":"object"}""");
        var request = ChatWritten.Question with
        {
            Tools =
            [
                new ToolDefinition("f") { Description = "d", Parameters = schema.RootElement, Strict = true },
                new ToolDefinition("g"),
            ],
            ToolChoice = new ToolChoice(ToolChoiceKind.Named, "f"),
            ParallelToolCalls = false,
            Format = new OutputFormat(schema.RootElement) { Strict = true },
            MaxOutputTokens = 7,
            Temperature = 0.1m,
            TopP = 0.2m,
            Stop = ["s"],
            Seed = -1,
            PresencePenalty = 1,
            FrequencyPenalty = -1,
            Choices = 2,
            Logprobs = true,
            TopLogprobs = 3,
            Reasoning = new ReasoningRequest { Effort = "max" },
            Verbosity = "low",
            User = "u",
            ServiceTier = "flex",
            Metadata = schema.RootElement,
            Stream = true,
        };
        var body = ChatWritten.Body(request, ChatDialect.OpenAi, "o4-mini");
        body.Remove("messages");

        Assert.Equal(
            OneLine(
                """
                {"model":"o4-mini","tools":[
                {"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},
                "strict":true}},
                {"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{}}}}],
                "tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,
                "response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"},
                "strict":true}},"max_completion_tokens":7,"temperature":0.1,"top_p":0.2,"presence_penalty":1,
                "frequency_penalty":-1,"seed":-1,"stop":["s"],"n":2,"logprobs":true,"top_logprobs":3,
                "reasoning_effort":"xhigh","verbosity":"low","user":"u","service_tier":"flex","stream":true,
                "stream_options":{"include_usage":true}}
                """),
            body.ToJsonString());
    }

    [Fact]
    public void What_OpenAI_cannot_do_is_refused_by_name()
    {
        Refuses("top_k", ChatWritten.Question with { TopK = 5 });
        Refuses(null, ChatWritten.Asking(new ContentPart.Image(new MediaSource { FileId = "f" })));
        Refuses(null, ChatWritten.Asking(new ContentPart.Audio(new MediaSource { Url = "https://a" })));
        Refuses(null, ChatWritten.Asking(new ContentPart.Document(new MediaSource { Url = "https://d" })));
        Refuses(null, ChatWritten.Asking(new ContentPart.Thinking("x")));
    }

    [Theory]
    [InlineData("gpt-4o", "")]
    [InlineData("gpt-4.1", "")]
    [InlineData("o1", "\"high\"")]
    [InlineData("o3-mini", "\"high\"")]
    [InlineData("gpt-5.1-codex", "\"high\"")]
    [InlineData("openai/gpt-5", "\"high\"")]
    [InlineData("omni-moderation", "")]
    public void A_budget_of_thoughts_reaches_those_models_that_reason(string model, string effort)
    {
        var request = ChatWritten.Question with { Reasoning = new ReasoningRequest { BudgetTokens = 20_000 } };

        Assert.Equal(effort, ChatWritten.Member(request, ChatDialect.OpenAi, "reasoning_effort", model));
    }

    [Fact]
    public void Another_protocols_tiers_and_marks_mean_nothing_here()
    {
        var request = ChatWritten.Asking(new ContentPart.Text("x") { Cache = new CacheMark("1h") }) with
        {
            ServiceTier = "standard_only",
        };

        Assert.Equal("", ChatWritten.Member(request, ChatDialect.OpenAi, "service_tier"));
        Assert.Equal(
            """[{"role":"user","content":"x"}]""", ChatWritten.Member(request, ChatDialect.OpenAi, "messages"));
    }

    private static void Refuses(string? param, GenerationRequest request)
    {
        var refusal = Assert.Throws<TranslationException>(() => ChatWritten.Body(request, ChatDialect.OpenAi));
        Assert.Equal(param, refusal.Param);
    }

    private static string OneLine(string text) => text.ReplaceLineEndings("");
}
