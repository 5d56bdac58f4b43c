using System.Text;
using LlmPlatform.Edge.Responses;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Responses;

/// <summary>How a request for a response is read for a provider of another protocol.</summary>
public sealed class ResponsesGenerationTests
{
    [Fact]
    public void A_text_is_what_the_user_says()
    {
        var request = Read("\"input\":\"hi\",\"instructions\":\"be brief\"");

        Assert.Equal([new ContentPart.Text("be brief")], request.Instructions);
        var turn = Assert.Single(request.Turns);
        Assert.Equal((TurnRole.User, new ContentPart.Text("hi")), (turn.Role, Assert.Single(turn.Parts)));
    }

    [Fact]
    public void Items_of_one_answer_are_one_turn_and_results_of_its_calls_another()
    {
        var request = Read(
            """
            "input":[
              {"role":"developer","content":"rule one"},
              {"role":"user","content":[{"type":"input_text","text":"weather?"}]},
              {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"think"}],
                "encrypted_content":"gAAA"},
              {"type":"message","role":"assistant","content":[
                {"type":"output_text","text":"Looking.","annotations":[]}]},
              {"type":"function_call","id":"fc_1","call_id":"call_1","name":"weather",
                "arguments":"{\"city\":\"Oslo\"}"},
              {"type":"function_call","call_id":"call_2","name":"now","arguments":""},
              {"type":"function_call_output","call_id":"call_1","output":"rain"},
              {"type":"function_call_output","call_id":"call_2","output":[{"type":"input_text","text":"noon"},
                {"type":"input_image","image_url":"data:image/png;base64,AAAA"}]},
              {"role":"user","content":"and?"},
              {"role":"user","content":"quick!"}]
            """);

        Assert.Equal([new ContentPart.Text("rule one")], request.Instructions);
        Assert.Equal(
            [TurnRole.User, TurnRole.Assistant, TurnRole.Tool, TurnRole.User, TurnRole.User],
            request.Turns.Select(turn => turn.Role));
        Assert.Equal(
            [
                new ContentPart.Thinking("think") { Signature = new ThoughtSignature(SignatureOrigins.OpenAi, "gAAA") },
                new ContentPart.Text("Looking."),
                new ContentPart.ToolCall("call_1", "weather", "{\"city\":\"Oslo\"}"),
                new ContentPart.ToolCall("call_2", "now", "{}"),
            ],
            request.Turns[1].Parts);
        var results = request.Turns[2].Parts.Cast<ContentPart.ToolResult>().ToList();
        Assert.Equal(["call_1", "call_2"], results.Select(result => result.ToolCallId));
        Assert.Equal([new ContentPart.Text("rain")], results[0].Content);
        Assert.Equal(
            [
                new ContentPart.Text("noon"),
                new ContentPart.Image(new MediaSource { MediaType = "image/png", Base64 = "AAAA" }),
            ],
            results[1].Content);
    }

    [Fact]
    public void Pictures_files_and_sound_are_taken_from_where_they_are()
    {
        var request = Read(
            """
            "input":[{"role":"user","content":[
              {"type":"input_image","image_url":"https://x.example/a.png","detail":"low"},
              {"type":"input_image","file_id":"file-1"},
              {"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"},
              {"type":"input_file","file_data":"JVBE"},
              {"type":"input_file","file_url":"https://x.example/a.pdf"},
              {"type":"input_file","file_id":"file-2"},
              {"type":"input_audio","input_audio":{"format":"wav","data":"UklG"}},
              {"type":"refusal","refusal":"no"}]}]
            """);

        Assert.Equal(
            [
                new ContentPart.Image(new MediaSource { Url = "https://x.example/a.png" }) { Detail = "low" },
                new ContentPart.Image(new MediaSource { FileId = "file-1" }),
                new ContentPart.Document(new MediaSource { MediaType = "application/pdf", Base64 = "JVBE" })
                {
                    Name = "a.pdf",
                },
                new ContentPart.Document(new MediaSource { Base64 = "JVBE" }),
                new ContentPart.Document(new MediaSource { Url = "https://x.example/a.pdf" }),
                new ContentPart.Document(new MediaSource { FileId = "file-2" }),
                new ContentPart.Audio(new MediaSource { MediaType = "audio/wav", Base64 = "UklG" }),
                new ContentPart.Refusal("no"),
            ],
            Assert.Single(request.Turns).Parts);
    }

    [Fact]
    public void Everything_else_that_the_shape_can_say_is_read()
    {
        var request = Read(
            """
            "input":"x","max_output_tokens":300,"temperature":0.5,"top_p":0.9,"top_logprobs":3,
            "include":["message.output_text.logprobs","reasoning.encrypted_content"],"parallel_tool_calls":false,
            "reasoning":{"effort":"high","summary":"auto"},"safety_identifier":"u-1","service_tier":"flex",
            "text":{"format":{"type":"json_schema","name":"answer","strict":true,"schema":{"type":"object"}},
              "verbosity":"low"},
            "tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":null}],
            "tool_choice":{"type":"function","name":"f"},"metadata":{"a":"b"}
            """);

        Assert.Equal((300L, 0.5m, 0.9m), (request.MaxOutputTokens, request.Temperature, request.TopP));
        Assert.Equal((true, 3, false), (request.Logprobs, request.TopLogprobs, request.ParallelToolCalls));
        Assert.Equal(new ReasoningRequest { Effort = "high", ShowThoughts = true }, request.Reasoning);
        Assert.Equal(("u-1", "flex", "low"), (request.User, request.ServiceTier, request.Verbosity));
        Assert.Equal(("answer", true), (request.Format?.Name, request.Format?.Strict));
        Assert.Equal("""{"type":"object"}""", request.Format?.Schema?.GetRawText());
        var tool = Assert.Single(request.Tools);
        Assert.Equal(("f", "d", (bool?)null), (tool.Name, tool.Description, tool.Strict));
        Assert.Equal(new ToolChoice(ToolChoiceKind.Named, "f"), request.ToolChoice);
        Assert.Equal("""{"a":"b"}""", request.Metadata?.GetRawText());
        Assert.False(Read("\"input\":\"x\",\"reasoning\":{\"effort\":\"none\"}").Reasoning!.IsEnabled);
        Assert.Null(Read("\"input\":\"x\",\"text\":{\"format\":{\"type\":\"json_object\"}}").Format!.Schema);
    }

    [Fact]
    public void Of_tools_that_are_allowed_only_those_are_offered()
    {
        var request = Read(
            """
            "input":"x","tools":[{"type":"function","name":"f"},{"type":"function","name":"g"}],
            "tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"g"}]}
            """);

        Assert.Equal(["g"], request.Tools.Select(tool => tool.Name));
        Assert.Equal(ToolChoice.Required, request.ToolChoice);
    }

    [Theory]
    [InlineData("\"tools\":[{\"type\":\"web_search\"}]", "tools[0]", "web_search")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"name\":\"f\"},{\"type\":\"mcp\"}]", "tools[1]", "mcp")]
    [InlineData("\"tool_choice\":{\"type\":\"file_search\"}", "tool_choice", "file_search")]
    [InlineData("\"tool_choice\":\"maybe\"", "tool_choice", "'required'")]
    [InlineData("\"previous_response_id\":\"r\"", "previous_response_id", "'input'")]
    [InlineData("\"prompt\":{\"id\":\"p\"}", "prompt", "stored")]
    [InlineData("\"input\":[{\"type\":\"item_reference\",\"id\":\"i\"}]", "input[0]", "reference")]
    [InlineData("\"input\":[{\"type\":\"computer_call\"}]", "input[0]", "computer_call")]
    [InlineData("\"input\":[{\"role\":\"tool\",\"content\":\"x\"}]", "input[0].role", "'user'")]
    [InlineData("\"input\":[{\"role\":\"user\"}]", "input[0].content", "missing")]
    [InlineData("\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"x\"}]}]", "input[0].content[0]", "'x'")]
    [InlineData("\"input\":[{\"type\":\"function_call_output\",\"call_id\":\"c\"}]", "input[0].output", "missing")]
    [InlineData("\"input\":[1]", "input[0]", "object")]
    [InlineData("\"input\":null", "input", "missing")]
    [InlineData("\"text\":{\"format\":{\"type\":\"grammar\"}}", "text.format.type", "'json_schema'")]
    [InlineData("\"top_logprobs\":21", "top_logprobs", "20")]
    public void What_cannot_be_said_elsewhere_is_refused_by_its_place(string member, string param, string said)
    {
        var rest = member.StartsWith("\"input\"", StringComparison.Ordinal) ? "" : "\"input\":\"x\",";
        var fault = Assert.Throws<TranslationException>(() => Read(rest + member));

        Assert.Equal(param, fault.Param);
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
    }

    private static GenerationRequest Read(string members)
    {
        var request = ResponsesRequest.Read(Encoding.UTF8.GetBytes("{\"model\":\"m\"," + members + "}"), out var error);
        Assert.True(request is not null, error?.Message);
        return request.ReadGeneration();
    }
}
