using System.Text.Json;
using LlmPlatform.Edge.Providers.Compatible;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Tests.Providers.OpenAi;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.Compatible;

/// <summary>Each vendor is spoken to as it documents that it wants to be.</summary>
public sealed class DialectTests
{
    private static readonly string[] _vendors =
        ["generic", "dashscope", "deepseek", "ollama", "vllm", "tgi", "openrouter", "anyscale", "mistral"];

    private static readonly JsonElement _schema = JsonDocument.Parse("""{"type":"object"}""").RootElement;

    private static readonly ToolDefinition[] _tools = [new("f"), new("g")];

    [Fact]
    public void Every_vendor_is_asked_for_chat_and_bounded_by_the_name_all_know()
    {
        Assert.All(_vendors, vendor =>
        {
            var body = ChatWritten.Body(ChatWritten.Question with { MaxOutputTokens = 9 }, Dialects.Of(vendor));
            Assert.Equal(9, (int)body["max_tokens"]!);
            Assert.False(body.ContainsKey("max_completion_tokens"));
        });
        Assert.Equal(Dialects.Of("generic"), Dialects.Of(null));
    }

    [Theory]
    [InlineData("generic", Wire.Completions, Wire.Embeddings, Wire.Chat)]
    [InlineData("dashscope", Wire.Completions, Wire.Embeddings, Wire.Chat)]
    [InlineData("deepseek", Wire.Chat, null, Wire.Chat)]
    [InlineData("ollama", Wire.Completions, Wire.Embeddings, Wire.Chat)]
    [InlineData("vllm", Wire.Completions, Wire.Embeddings, Wire.Chat)]
    [InlineData("tgi", Wire.Completions, null, Wire.Chat)]
    [InlineData("openrouter", Wire.Completions, Wire.Embeddings, Wire.Chat)]
    [InlineData("anyscale", Wire.Completions, Wire.Embeddings, Wire.Chat)]
    [InlineData("mistral", Wire.Chat, Wire.Embeddings, Wire.Chat)]
    public void Each_vendor_is_asked_in_the_protocols_it_serves(
        string vendor, object completions, object? embeddings, object responses)
    {
        var adapter = new OpenAiAdapter(
            ChatWritten.Provider("openai_compatible", "https://v/v1", vendor), null, Dialects.Of(vendor));

        Assert.Equal((Wire)completions, adapter.WireFor(Wire.Completions));
        Assert.Equal((Wire?)embeddings, adapter.WireFor(Wire.Embeddings));
        Assert.Equal((Wire)responses, adapter.WireFor(Wire.Responses));
        Assert.Equal(Wire.Chat, adapter.WireFor(Wire.Chat));
        Assert.Equal(Wire.Chat, adapter.WireFor(Wire.Messages));
        Assert.Null(adapter.WireFor(Wire.TokenCount));
        foreach (var asked in (Wire[])[Wire.Chat, Wire.Completions, Wire.Responses, Wire.Messages])
        {
            var target = ChatWritten.Target(adapter, asked);
            var path = target.Wire == Wire.Completions ? "completions" : "chat/completions";
            Assert.Equal($"https://v/v1/{path}", adapter.AddressOf(target).ToString());
        }
    }

    [Theory]
    [InlineData("generic", "reasoning_effort", "\"medium\"")]
    [InlineData("dashscope", "enable_thinking", "true")]
    [InlineData("dashscope", "thinking_budget", "9000")]
    [InlineData("deepseek", "thinking", "{\"type\":\"enabled\"}")]
    [InlineData("deepseek", "reasoning_effort", "\"medium\"")]
    [InlineData("openrouter", "reasoning", "{\"max_tokens\":9000}")]
    [InlineData("mistral", "reasoning_effort", "\"high\"")]
    [InlineData("vllm", "reasoning_effort", "\"medium\"")]
    [InlineData("tgi", "reasoning_effort", "")]
    public void How_much_to_think_is_said_in_each_vendors_words(string vendor, string member, string expected)
    {
        var request = ChatWritten.Question with
        {
            Reasoning = new ReasoningRequest { BudgetTokens = 9000 },
            Stream = true,
        };

        Assert.Equal(expected, ChatWritten.Member(request, Dialects.Of(vendor), member));
    }

    [Theory]
    [InlineData("dashscope", "enable_thinking", "false")]
    [InlineData("deepseek", "thinking", "{\"type\":\"disabled\"}")]
    [InlineData("openrouter", "reasoning", "{\"enabled\":false}")]
    [InlineData("mistral", "reasoning_effort", "\"none\"")]
    [InlineData("vllm", "chat_template_kwargs", "{\"enable_thinking\":false}")]
    [InlineData("generic", "reasoning_effort", "")]
    public void Thinking_is_forbidden_in_each_vendors_words(string vendor, string member, string expected)
    {
        var request = ChatWritten.Question with { Reasoning = new ReasoningRequest { IsEnabled = false } };

        Assert.Equal(expected, ChatWritten.Member(request, Dialects.Of(vendor), member));
    }

    [Fact]
    public void Qwen_is_asked_to_think_in_streams_only_and_to_call_several_tools_at_once()
    {
        var request = ChatWritten.Question with
        {
            Reasoning = new ReasoningRequest { Effort = "high" },
            Tools = _tools,
        };
        var body = ChatWritten.Body(request, Dialects.Of("dashscope"));

        Assert.False(body.ContainsKey("enable_thinking"));
        Assert.True((bool)body["parallel_tool_calls"]!);
        Assert.Equal(
            "false",
            ChatWritten.Member(
                request with { ParallelToolCalls = false }, Dialects.Of("dashscope"), "parallel_tool_calls"));
    }

    [Theory]
    [InlineData("generic", ToolChoiceKind.Required, "\"required\"")]
    [InlineData("dashscope", ToolChoiceKind.Named, "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}")]
    [InlineData("dashscope", ToolChoiceKind.None, "\"none\"")]
    [InlineData("dashscope", ToolChoiceKind.Required, null)]
    [InlineData("ollama", ToolChoiceKind.Auto, "")]
    [InlineData("ollama", ToolChoiceKind.None, "")]
    [InlineData("ollama", ToolChoiceKind.Required, null)]
    [InlineData("ollama", ToolChoiceKind.Named, null)]
    public void A_choice_of_tools_is_said_where_it_can_be_and_refused_where_not(
        string vendor, object kind, string? expected)
    {
        var name = (ToolChoiceKind)kind == ToolChoiceKind.Named ? "f" : null;
        var request = ChatWritten.Question with
        {
            Tools = _tools,
            ToolChoice = new ToolChoice((ToolChoiceKind)kind, name),
        };

        if (expected is null)
        {
            var refusal = Assert.Throws<TranslationException>(() => ChatWritten.Body(request, Dialects.Of(vendor)));
            Assert.Equal("tool_choice", refusal.Param);
            return;
        }

        Assert.Equal(expected, ChatWritten.Member(request, Dialects.Of(vendor), "tool_choice"));
        var isForbidden = vendor == "ollama" && (ToolChoiceKind)kind == ToolChoiceKind.None;
        Assert.Equal(isForbidden, !ChatWritten.Body(request, Dialects.Of(vendor)).ContainsKey("tools"));
    }

    [Fact]
    public void Some_tool_out_of_one_is_that_one()
    {
        var request = ChatWritten.Question with { Tools = [new("f")], ToolChoice = ToolChoice.Required };

        Assert.Equal(
            """{"type":"function","function":{"name":"f"}}""",
            ChatWritten.Member(request, Dialects.Of("dashscope"), "tool_choice"));
    }

    [Fact]
    public void A_schema_is_asked_for_in_words_where_there_is_no_other_way_and_refused_where_words_do_not_do()
    {
        var request = ChatWritten.Question with { Format = new OutputFormat(_schema) };
        var body = ChatWritten.Body(request, Dialects.Of("deepseek"));

        Assert.Equal("""{"type":"json_object"}""", body["response_format"]!.ToJsonString());
        Assert.Equal("system", (string?)body["messages"]![0]!["role"]);
        Assert.EndsWith("""{"type":"object"}""", (string)body["messages"]![0]!["content"]!, StringComparison.Ordinal);
        var strict = request with { Format = new OutputFormat(_schema) { Strict = true } };
        Assert.Throws<TranslationException>(() => ChatWritten.Body(strict, Dialects.Of("deepseek")));
        Assert.Equal(
            """{"type":"json_object","value":{"type":"object"}}""",
            ChatWritten.Member(strict, Dialects.Of("tgi"), "response_format"));
    }

    [Fact]
    public void DeepSeek_gets_back_the_thoughts_that_led_to_calls_and_no_others()
    {
        var request = new GenerationRequest
        {
            Turns =
            [
                new Turn(TurnRole.User, [new ContentPart.Text("a"), new ContentPart.Text("b")]),
                new Turn(
                    TurnRole.Assistant, [new ContentPart.Thinking("hm"), new ContentPart.ToolCall("1", "f", "{}")]),
                new Turn(TurnRole.Tool, [new ContentPart.ToolResult("1", [new ContentPart.Text("r")])]),
                new Turn(TurnRole.Assistant, [new ContentPart.ToolCall("2", "f", "{}")]),
                new Turn(TurnRole.Tool, [new ContentPart.ToolResult("2", [new ContentPart.Text("r")])]),
                new Turn(TurnRole.Assistant, [new ContentPart.Thinking("done"), new ContentPart.Text("x")]),
            ],
        };
        var messages = ChatWritten.Body(request, Dialects.Of("deepseek"))["messages"]!.AsArray();

        Assert.Equal("a\n\nb", (string?)messages[0]!["content"]);
        Assert.Equal(
            [null, "hm", null, "", null, null],
            messages.Select(message => (string?)message!["reasoning_content"]));
        Assert.DoesNotContain(
            "reasoning_content",
            ChatWritten.Body(request, Dialects.Of("mistral")).ToJsonString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Mistral_is_sent_nothing_it_does_not_know_and_call_ids_of_its_own_kind()
    {
        var request = new GenerationRequest
        {
            Turns =
            [
                new Turn(TurnRole.User, [new ContentPart.Text("a")]) { Name = "ann" },
                new Turn(TurnRole.Assistant,
                    [new ContentPart.ToolCall("call_1", "f", "{}"), new ContentPart.ToolCall("abcDEF012", "f", "{}")]),
                new Turn(TurnRole.Tool, [new ContentPart.ToolResult("call_1", [new ContentPart.Text("r")])]),
                new Turn(TurnRole.User,
                    [new ContentPart.Document(new MediaSource { Base64 = "AA", MediaType = "application/pdf" })]),
            ],
            User = "u",
            Verbosity = "low",
            ServiceTier = "auto",
            Seed = 3,
            Stream = true,
        };
        var body = ChatWritten.Body(request, Dialects.Of("mistral"));

        Assert.Equal(["model", "messages", "random_seed", "stream"], body.Select(member => member.Key));
        var messages = body["messages"]!.AsArray();
        var calls = messages[1]!["tool_calls"]!.AsArray();
        Assert.False(messages[0]!.AsObject().ContainsKey("name"));
        Assert.Matches("^[a-zA-Z0-9]{9}$", (string)calls[0]!["id"]!);
        Assert.Equal((string?)calls[0]!["id"], (string?)messages[2]!["tool_call_id"]);
        Assert.Equal("abcDEF012", (string?)calls[1]!["id"]);
        Assert.Equal(
            """[{"type":"document_url","document_url":"data:application/pdf;base64,AA"}]""",
            messages[3]!["content"]!.ToJsonString());
    }

    [Fact]
    public void What_a_vendor_cannot_do_is_refused_by_name()
    {
        Refuses("deepseek", "n", ChatWritten.Question with { Choices = 2 });
        Refuses("deepseek", "seed", ChatWritten.Question with { Seed = 2 });
        Refuses("ollama", "n", ChatWritten.Question with { Choices = 2 });
        Refuses("tgi", "top_k", ChatWritten.Question with { TopK = 2 });
        Refuses("openrouter", "n", ChatWritten.Question with { Choices = 2 });
        Refuses("mistral", "logprobs", ChatWritten.Question with { Logprobs = true });
        Refuses("ollama", null, ChatWritten.Asking(new ContentPart.Image(new MediaSource { Url = "https://i" })));
        Refuses("dashscope", null, ChatWritten.Asking(new ContentPart.Document(new MediaSource { Base64 = "AA" })));
        Refuses("mistral", null, ChatWritten.Asking(new ContentPart.Document(new MediaSource { FileId = "f" })));
    }

    [Fact]
    public void Marks_for_caching_reach_OpenRouter_and_Googles_signatures_its_compatible_API()
    {
        var request = new GenerationRequest
        {
            Turns =
            [
                new Turn(TurnRole.User, [new ContentPart.Text("a") { Cache = new CacheMark("1h") }]),
                new Turn(TurnRole.Assistant,
                [
                    new ContentPart.ToolCall("1", "f", "{}")
                    {
                        Signature = new ThoughtSignature(SignatureOrigins.Gemini, "S"),
                    },
                ]),
            ],
        };

        Assert.Equal(
            """[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}}]""",
            ChatWritten.Body(request, Dialects.Of("openrouter"))["messages"]![0]!["content"]!.ToJsonString());
        Assert.Equal(
            """{"google":{"thought_signature":"S"}}""",
            ChatWritten.Body(request, Dialects.Of(null))["messages"]![1]!["tool_calls"]![0]!["extra_content"]!
                .ToJsonString());
        Assert.DoesNotContain(
            "extra_content", ChatWritten.Body(request, ChatDialect.OpenAi).ToJsonString(), StringComparison.Ordinal);
    }

    private static void Refuses(string vendor, string? param, GenerationRequest request)
    {
        var refusal = Assert.Throws<TranslationException>(() => ChatWritten.Body(request, Dialects.Of(vendor)));
        Assert.Equal(param, refusal.Param);
    }
}
