using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Translation;
using static LlmPlatform.Edge.Tests.Providers.Bedrock.ConverseRequests;

namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

/// <summary>What callers say, in the words of Converse.</summary>
public sealed class ConverseRequestTests
{
    [Fact]
    public void A_conversation_is_written_with_its_instructions_and_settings() => Check(
        Hello with
        {
            Instructions = [new ContentPart.Text("Be kind."), new ContentPart.Text("Be brief.")],
            MaxOutputTokens = 300,
            Temperature = 1.5m,
            Stop = ["END", "STOP"],
            ServiceTier = "priority",
            Seed = 7,
            User = "ann",
        },
        """
        {"messages":[{"role":"user","content":[{"text":"Hello"}]}],
        "system":[{"text":"Be kind."},{"text":"Be brief."}],
        "inferenceConfig":{"maxTokens":300,"temperature":1,"stopSequences":["END","STOP"]},
        "additionalModelResponseFieldPaths":["/stop_sequence"],
        "serviceTier":{"type":"priority"}}
        """);

    [Fact]
    public void The_sides_alternate_and_blank_texts_are_left_out() => Check(
        Hello with
        {
            Turns =
            [
                User(new ContentPart.Text("a")), User(new ContentPart.Text(" \n"), new ContentPart.Text("b")),
                new Turn(TurnRole.Assistant, [new ContentPart.Text("")]),
                new Turn(TurnRole.Assistant, [new ContentPart.Refusal("no")]),
                User(new ContentPart.Text("c 模 🌍 \"x\"")),
            ],
        },
        """
        {"messages":[{"role":"user","content":[{"text":"a"},{"text":"b"}]},
        {"role":"assistant","content":[{"text":"no"}]},{"role":"user","content":[{"text":"c 模 🌍 \"x\""}]}],
        "inferenceConfig":{}}
        """);

    [Fact]
    public void The_caller_begins_and_an_answer_to_be_gone_on_with_ends_in_no_blank() => Check(
        Hello with
        {
            Turns =
            [
                new Turn(TurnRole.Assistant, [new ContentPart.Text("a ")]), User(new ContentPart.Text("b ")),
                new Turn(TurnRole.Assistant, [new ContentPart.Text("So: \n")]),
            ],
        },
        """
        {"messages":[{"role":"user","content":[{"text":"."}]},{"role":"assistant","content":[{"text":"a "}]},
        {"role":"user","content":[{"text":"b "}]},{"role":"assistant","content":[{"text":"So:"}]}],
        "inferenceConfig":{}}
        """);

    [Fact]
    public void Pictures_documents_and_sounds_are_written_by_their_content() => Check(
        Hello with
        {
            Turns =
            [
                User(
                    new ContentPart.Image(new MediaSource { MediaType = "image/jpeg", Base64 = "/9j/4AAQ" }),
                    new ContentPart.Image(new MediaSource { Base64 = "iVBORw0KGgoAAAA" }),
                    new ContentPart.Image(new MediaSource { Url = "s3://bucket/a.webp" }),
                    new ContentPart.Document(new MediaSource { MediaType = "application/pdf", Base64 = "JVBERi0=" })
                    {
                        Name = "Q3  report (final)_v2.pdf",
                    },
                    new ContentPart.Document(new MediaSource { Text = "plain" }) { Name = "Q3 report (final) v2" },
                    new ContentPart.Document(new MediaSource { MediaType = "text/csv", Base64 = "YSxi" }),
                    new ContentPart.Audio(new MediaSource { MediaType = "audio/wav", Base64 = "UklGRg==" })),
            ],
        },
        """
        {"messages":[{"role":"user","content":[
        {"image":{"format":"jpeg","source":{"bytes":"/9j/4AAQ"}}},
        {"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAA"}}},
        {"image":{"format":"webp","source":{"s3Location":{"uri":"s3://bucket/a.webp"}}}},
        {"document":{"format":"pdf","name":"Q3 report (final) v2","source":{"bytes":"JVBERi0="}}},
        {"document":{"format":"txt","name":"Q3 report (final) v2 (2)","source":{"bytes":"cGxhaW4="}}},
        {"document":{"format":"csv","name":"document","source":{"bytes":"YSxi"}}},
        {"audio":{"format":"wav","source":{"bytes":"UklGRg=="}}}]}],"inferenceConfig":{}}
        """);

    [Fact]
    public void A_thought_goes_back_only_with_a_signature_that_is_good_here()
    {
        var turns = new List<Turn>
        {
            User(new ContentPart.Text("a")),
            new(TurnRole.Assistant, [
                Thought("by Converse", SignatureOrigins.Bedrock, "s1"),
                Thought("by Claude elsewhere", SignatureOrigins.Anthropic, "s2"),
                Thought("by Gemini", SignatureOrigins.Gemini, "s3"), new ContentPart.Thinking("by nobody"),
                Thought("", SignatureOrigins.Bedrock, "c2VjcmV0") with { IsRedacted = true },
                Thought("", SignatureOrigins.Anthropic, "ZWxzZXdoZXJl") with { IsRedacted = true },
                new ContentPart.Text("b"),
            ]),
            User(new ContentPart.Text("c")),
        };

        Check(
            Hello with { Turns = turns },
            """
            {"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[
            {"reasoningContent":{"reasoningText":{"text":"by Converse","signature":"s1"}}},
            {"reasoningContent":{"reasoningText":{"text":"by Claude elsewhere","signature":"s2"}}},
            {"reasoningContent":{"redactedContent":"c2VjcmV0"}},
            {"text":"b"}]},{"role":"user","content":[{"text":"c"}]}],"inferenceConfig":{}}
            """);
        Assert.DoesNotContain("elsewhere", Write(Hello with { Turns = turns }, Gpt).ToJsonString());
    }

    [Fact]
    public void Cache_marks_stand_behind_what_they_mark_where_the_model_knows_them()
    {
        var mark = new CacheMark("1h");
        var request = Hello with
        {
            Instructions = [new ContentPart.Text("Long.") { Cache = mark }],
            Tools = [Look with { Cache = new CacheMark() }],
            Turns =
            [
                .. AfterACall.SkipLast(1),
                new Turn(TurnRole.Tool, [
                    new ContentPart.ToolResult(
                        "call_1", [new ContentPart.Text("seen") { Cache = new CacheMark("5m") }]),
                ]),
                User(new ContentPart.Text("a") { Cache = mark }),
            ],
        };

        var claude = Write(request);

        const string Hour = """{"cachePoint":{"type":"default","ttl":"1h"}}""";
        const string Usual = """{"cachePoint":{"type":"default"}}""";
        Assert.Equal(Hour, claude["system"]![1]!.ToJsonString());
        Assert.Equal(Usual, claude["toolConfig"]!["tools"]![1]!.ToJsonString());
        Assert.Equal(Usual, claude["messages"]![2]!["content"]![1]!.ToJsonString());
        Assert.Equal(Hour, claude["messages"]![2]!["content"]![3]!.ToJsonString());
        Assert.DoesNotContain("cachePoint", Write(request, Llama).ToJsonString());
    }

    [Fact]
    public void What_Bedrock_has_no_words_for_is_refused_by_name()
    {
        Assert.Equal("n", RefusedParam(Hello with { Choices = 2 }));
        Assert.Equal("logprobs", RefusedParam(Hello with { Logprobs = true }));
        Assert.Equal("presence_penalty", RefusedParam(Hello with { PresencePenalty = 0.5m }));
        Assert.Equal("frequency_penalty", RefusedParam(Hello with { FrequencyPenalty = -1 }));
        Assert.Equal("verbosity", RefusedParam(Hello with { Verbosity = "low" }));
        Assert.Equal("messages", RefusedParam(Said(
            new ContentPart.Image(new MediaSource { MediaType = "image/png", Url = "https://example.com/a.png" }))));
        Assert.Equal("messages", RefusedParam(Said(new ContentPart.Image(new MediaSource { Base64 = "AAAA" }))));
        Assert.Equal("messages", RefusedParam(Said(
            new ContentPart.Document(new MediaSource { MediaType = "application/pdf", FileId = "file-1" }))));
        Assert.Equal("messages", RefusedParam(Said(new ContentPart.ToolCall("1", "f", "[1]"))));
        Assert.Equal("messages", RefusedParam(Said(new ContentPart.ToolCall("1", "f", "{"))));
        Assert.Equal("messages", RefusedParam(Hello with
        {
            Instructions = [new ContentPart.Image(new MediaSource { Base64 = "iVBORw0KGgo" })],
        }));
        Assert.Equal("model", RefusedParam(Hello, ".."));
        Assert.NotNull(Write(Hello with { PresencePenalty = 0, Verbosity = "medium" }));
    }

    [Fact]
    public void A_count_asks_for_the_tokens_of_the_same_conversation()
    {
        var adapter = BedrockTargets.Adapter();
        var request = Hello with
        {
            Instructions = [new ContentPart.Text("Be kind.")],
            Tools = [Look],
            MaxOutputTokens = 5,
        };
        var output = new ArrayBufferWriter<byte>();

        adapter.WriteTokenCount(request, BedrockTargets.Target(adapter), output);

        var input = JsonNode.Parse(output.WrittenSpan)!["input"]!["converse"]!.AsObject();
        Assert.Equal(["messages", "system", "toolConfig"], input.Select(member => member.Key));
        Assert.True(JsonNode.DeepEquals(Write(request)["toolConfig"], input["toolConfig"]));
        Assert.Equal(17, adapter.ReadTokenCount("""{"inputTokens":17}"""u8));
        Assert.All(
            ["", "[]", "{}", """{"inputTokens":"17"}""", """{"inputTokens":-1}"""],
            text => Assert.Null(adapter.ReadTokenCount(Encoding.UTF8.GetBytes(text))));
    }
}
