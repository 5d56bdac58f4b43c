using System.Buffers;
using System.Text;
using LlmPlatform.Edge.Translation;
using static LlmPlatform.Edge.Tests.Providers.Gemini.Written;

namespace LlmPlatform.Edge.Tests.Providers.Gemini;

/// <summary>A conversation becomes contents that Gemini takes and that say the same.</summary>
public sealed class GeminiContentsTests
{
    [Fact]
    public void The_two_sides_are_user_and_model_and_instructions_stand_apart()
    {
        var request = new GenerationRequest
        {
            Instructions = [new ContentPart.Text("Be brief."), new ContentPart.Text("Be kind.")],
            Turns = [User("Hi"), Assistant(new ContentPart.Text("Hello")), User("Bye")],
        };

        Same(
            """
            {"systemInstruction":{"parts":[{"text":"Be brief."},{"text":"Be kind."}]},
            "contents":[{"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":[{"text":"Hello"}]},
            {"role":"user","parts":[{"text":"Bye"}]}],"generationConfig":{}}
            """,
            Of(request));
    }

    [Fact]
    public void Instructions_alone_are_what_there_is_to_answer()
    {
        var request = new GenerationRequest { Instructions = [new ContentPart.Text("Tell a joke.")], Turns = [] };

        Same(
            """{"contents":[{"role":"user","parts":[{"text":"Tell a joke."}]}],"generationConfig":{}}""",
            Of(request));
    }

    [Fact]
    public void Media_in_instructions_are_refused()
    {
        var image = new ContentPart.Image(new MediaSource { Url = "https://x.invalid/a.png" });

        Assert.Throws<TranslationException>(
            () => Of(new GenerationRequest { Instructions = [image], Turns = [User("Hi")] }));
    }

    [Fact]
    public void Turns_of_one_side_become_one_content_and_empty_ones_none() => Same(
        """
        [{"role":"user","parts":[{"text":"a"},{"text":"b"}]},{"role":"model","parts":[{"text":"c"}]},
        {"role":"user","parts":[{"text":"d"}]}]
        """,
        Contents(
            Model, User("a"), User("b"), Assistant(new ContentPart.Text("c")), Assistant(),
            User(new ContentPart.Text(""), new ContentPart.Text("d"))));

    [Fact]
    public void A_tool_s_answer_names_the_function_its_call_named() => Same(
        """
        [{"role":"user","parts":[{"text":"Weather?"}]},
        {"role":"model","parts":[
        {"functionCall":{"id":"call_1","name":"get_weather","args":{"city":"Zürich","n":1.50}}},
        {"functionCall":{"id":"call_2","name":"now","args":{}}}]},
        {"role":"user","parts":[
        {"functionResponse":{"id":"call_2","name":"now","response":{"output":"12:00"}}},
        {"functionResponse":{"id":"call_1","name":"get_weather","response":{"error":"no such city"}}}]},
        {"role":"user","parts":[{"text":"And?"}]}]
        """,
        Contents(
            Model,
            User("Weather?"),
            Assistant(Call("call_1", "get_weather", """{"city":"Zürich","n":1.50}"""), Call("call_2", "now", "")),
            Tool(Result("call_2", "12:00")),
            Tool(Result("call_1", "no such city") with { IsError = true }),
            User("And?")));

    [Theory]
    [InlineData("""{"temp":21.5,"ok":true}""", """{"temp":21.5,"ok":true}""")]
    [InlineData(""" [1,2] """, "[1,2]")]
    [InlineData("""{"id":72057594037927936}""", "\"{\\\"id\\\":72057594037927936}\"")]
    [InlineData("{not json", "\"{not json\"")]
    [InlineData("42", "\"42\"")]
    [InlineData("", "\"\"")]
    public void A_tool_that_answers_in_JSON_is_quoted_as_JSON_unless_floats_would_change_it(
        string said, string output)
    {
        var contents = Contents(Model, User("?"), Assistant(Call("c", "f")), Tool(Result("c", said)));

        Same(output, contents[2]!["parts"]![0]!["functionResponse"]!["response"]!["output"]);
    }

    [Fact]
    public void Half_a_character_in_JSON_goes_through_as_it_was_written()
    {
        const string half = """{"a":"\ud83d"}""";
        var request = new GenerationRequest
        {
            Turns = [User("?"), Assistant(Call("c", "f", half)), Tool(Result("c", half))],
        };
        var output = new ArrayBufferWriter<byte>();
        var adapter = Adapter();
        adapter.WriteGeneration(request, Target(adapter), output);
        var written = Encoding.UTF8.GetString(output.WrittenSpan);

        Assert.Contains($"\"args\":{half}", written, StringComparison.Ordinal);
        Assert.Contains($"\"output\":{half}", written, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_to_no_call_is_refused()
    {
        var fault = Assert.Throws<TranslationException>(
            () => Contents(Model, User("?"), Tool(Result("call_9", "12:00"))));

        Assert.Equal("tool_call_id", fault.Param);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{\"a\":")]
    [InlineData("yes")]
    public void Arguments_that_are_no_object_are_refused(string arguments)
    {
        var fault = Assert.Throws<TranslationException>(
            () => Contents(Model, User("?"), Assistant(Call("c", "f", arguments)), Tool(Result("c", ""))));

        Assert.DoesNotContain(arguments, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        Model,
        """
        [{"functionResponse":{"id":"c","name":"f","response":{"output":"see"}}},
        {"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgoAAA"}}]
        """)]
    [InlineData(
        NewestModel,
        """
        [{"functionResponse":{"id":"c","name":"f","response":{"output":"see"},
        "parts":[{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgoAAA"}}]}}]
        """)]
    public void Pictures_of_a_tool_stand_in_its_answer_where_the_model_takes_them_there(string model, string parts)
    {
        var picture = new ContentPart.Image(new MediaSource { Base64 = "iVBORw0KGgoAAA" });
        var contents = Contents(
            model, User("?"), Assistant(Call("c", "f") with { Signature = Signed("s") }),
            Tool(Result("c", new ContentPart.Text("see"), picture)));

        Same(parts, contents[2]!["parts"]);
    }

    [Theory]
    [InlineData("data", "iVBORw0KGgo", null, """{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo"}}""")]
    [InlineData("data", "UklGRiQAAABXRUJQVlA4IA", null,
        """{"inlineData":{"mimeType":"image/webp","data":"UklGRiQAAABXRUJQVlA4IA"}}""")]
    [InlineData("data", "AAAA", "image/heic", """{"inlineData":{"mimeType":"image/heic","data":"AAAA"}}""")]
    [InlineData("data", "AAAA", null, """{"inlineData":{"mimeType":"image/jpeg","data":"AAAA"}}""")]
    [InlineData("url", "https://x.invalid/cat.PNG?size=2", null,
        """{"fileData":{"mimeType":"image/png","fileUri":"https://x.invalid/cat.PNG?size=2"}}""")]
    [InlineData("url", "gs://bucket/cat", "image/gif",
        """{"fileData":{"mimeType":"image/gif","fileUri":"gs://bucket/cat"}}""")]
    [InlineData("file", "https://generativelanguage.googleapis.com/v1beta/files/abc", null,
        """{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc"}}""")]
    public void A_picture_is_sent_with_its_type(string kind, string value, string? type, string part)
    {
        var source = kind switch
        {
            "data" => new MediaSource { Base64 = value, MediaType = type },
            "url" => new MediaSource { Url = value, MediaType = type },
            _ => new MediaSource { FileId = value, MediaType = type },
        };

        Same($"[{part}]", Contents(Model, User(new ContentPart.Image(source)))[0]!["parts"]);
    }

    [Fact]
    public void Documents_and_sound_are_sent_and_plain_text_is_text() => Same(
        """
        [{"inlineData":{"mimeType":"application/pdf","data":"JVBERi0x"}},{"text":"plain"},
        {"inlineData":{"mimeType":"audio/wav","data":"UklGRv/+AQBXQVZFZm10IA"}},{"text":"What is this?"}]
        """,
        Contents(
            Model,
            User(
                new ContentPart.Document(new MediaSource { Base64 = "JVBERi0x" }),
                new ContentPart.Document(new MediaSource { Text = "plain" }),
                new ContentPart.Audio(new MediaSource { Base64 = "UklGRv/+AQBXQVZFZm10IA" }),
                new ContentPart.Text("What is this?")))[0]!["parts"]);

    [Fact]
    public void A_file_of_another_provider_is_refused()
    {
        var file = new ContentPart.Document(new MediaSource { FileId = "file-abc" });

        Assert.Equal("file_id", Assert.Throws<TranslationException>(() => Contents(Model, User(file))).Param);
    }

    [Fact]
    public void A_signature_goes_back_to_the_part_it_came_with() => Same(
        """
        [{"text":"97 is prime.","thoughtSignature":"s1"},
        {"functionCall":{"id":"c","name":"f","args":{}},"thoughtSignature":"s2"},
        {"functionCall":{"id":"d","name":"f","args":{}}}]
        """,
        Contents(
            NewestModel,
            User("?"),
            Assistant(
                new ContentPart.Thinking("Seven?") { Signature = Signed("s1") },
                new ContentPart.Text("97 is prime."),
                Call("c", "f") with { Signature = Signed("s2") },
                Call("d", "f")),
            Tool(Result("c", ""), Result("d", "")))[1]!["parts"]);

    [Fact]
    public void A_signature_that_ended_a_text_goes_back_as_an_empty_text() => Same(
        """[{"text":"Done."},{"text":"","thoughtSignature":"s1"}]""",
        Contents(
            NewestModel,
            User("?"),
            Assistant(
                new ContentPart.Text("Done."),
                new ContentPart.Thinking("") { Signature = Signed("s1"), IsRedacted = true }),
            User("Go on."))[1]!["parts"]);

    [Fact]
    public void Thoughts_and_signatures_of_other_makers_are_not_sent() => Same(
        """[{"text":"Done."},{"functionCall":{"id":"c","name":"f","args":{}}}]""",
        Contents(
            Model,
            User("?"),
            Assistant(
                new ContentPart.Thinking("Secret.") { Signature = new(SignatureOrigins.Anthropic, "Eq") },
                new ContentPart.Thinking("Unsigned."),
                new ContentPart.Text("Done."),
                Call("c", "f") with { Signature = new(SignatureOrigins.OpenAi, "gA") }),
            Tool(Result("c", "")))[1]!["parts"]);

    [Fact]
    public void A_call_that_another_maker_s_model_made_says_so_to_models_that_ask_for_signatures() => Same(
        """
        [{"functionCall":{"id":"c","name":"f","args":{}},"thoughtSignature":"skip_thought_signature_validator"},
        {"functionCall":{"id":"d","name":"f","args":{}}}]
        """,
        Contents(
            NewestModel, User("?"), Assistant(Call("c", "f"), Call("d", "f")),
            Tool(Result("c", ""), Result("d", "")))[1]!["parts"]);

    [Fact]
    public void A_refusal_said_before_is_part_of_the_conversation() => Same(
        """[{"text":"I will not."}]""",
        Contents(Model, User("?"), Assistant(new ContentPart.Refusal("I will not.")), User("Why?"))[1]!["parts"]);
}
