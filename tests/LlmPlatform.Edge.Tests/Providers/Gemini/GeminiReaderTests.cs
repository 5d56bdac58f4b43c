using System.Text;
using LlmPlatform.Edge.Providers.Gemini;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.Gemini;

/// <summary>What Gemini answered is understood, whole or streamed, however the bytes were cut on the way.</summary>
public sealed class GeminiReaderTests
{
    public static TheoryData<string> Answers =>
        ["text", "tools", "parallel-tools", "vision", "thinking", "refusal", "filtered", "length"];

    public static TheoryData<string> Streams => [.. Answers.Select(row => row.Data), "error-after", "cut"];

    [Theory]
    [InlineData("gemini-3-pro-preview", 2)]
    [InlineData("gemini-2.5-flash", 1)]
    [InlineData("gemini-2.5-flash-lite-preview", 1)]
    public void What_it_searched_is_counted_as_Google_charges_it(string model, long searches)
    {
        var gathered = new Answer();
        var reader = new GeminiReader(Written.Saying("?"), gathered);
        var answer =
            $$$"""
            {"modelVersion":"{{{model}}}","candidates":[{"content":{"role":"model","parts":[{"text":"330 m"}]},
             "finishReason":"STOP","groundingMetadata":{"webSearchQueries":["", "tower", "eiffel", "tower", 7]}}],
             "usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":3,"totalTokenCount":8}}
            """;

        Assert.True(reader.ReadWhole(Encoding.UTF8.GetBytes(answer)));
        Assert.Equal(
            (5, 3, searches),
            (gathered.Usage!.Tokens.InputUncached, gathered.Usage.Tokens.OutputText,
                gathered.Usage.Tokens.WebSearches));
    }

    [Theory]
    [InlineData(
        "text",
        """
        kQYgaf3sJ7Xfvr0PmLyxqAY gemini-2.5-flash
        text The Eiffel Tower is 330 m high – naïve guesses say 300 m. 🗼
        EndTurn
        in 12 out 21 thought 0
        """)]
    [InlineData(
        "parallel-tools",
        """
        3AYgabjYLfOlkdUP2OTa8Qc gemini-3-pro-preview
        call 7c1qd9xe get_weather {"location":"Paris"} / EuYECuMEAXLI2nyQ6m0f1bJt9vXH3s0dYxkOqk3RZ8C1Yw==
        call w0b2h4nk get_weather {"location":"London"} / 
        call p5r8s1ta now {} / 
        ToolCalls
        in 131 out 46 thought 88
        """)]
    [InlineData(
        "thinking",
        """
        TAcgaYmvGpDnkdUPu9rJ2A4 gemini-2.5-pro
        thought **Checking the factors**

        Neither 2, 3 nor 7 divides 97. / CpQCAVSoXO5x2v0C3l9tqk2b7VwW3Yq0m6l5uQ0E6kY=
        text 97 is prime.
        EndTurn
        in 11 out 5 thought 173
        """)]
    [InlineData(
        "refusal",
        """
        jAcgaZ7LEcLTxN8Pkf6TuQ0 gemini-2.5-flash
        refusal The provider's policy blocked the prompt (PROHIBITED_CONTENT).
        ContentFilter
        in 17 out 0 thought 0
        """)]
    [InlineData(
        "filtered",
        """
        tQcgaeG3FfmgxN8PxMi4wQ4 gemini-2.5-flash
        text First you take
        ContentFilter
        in 15 out 3 thought 0
        """)]
    [InlineData(
        "length",
        """
        3wcgab_6NJ6lkdUP-ePW6QI gemini-2.5-flash
        text Once upon a time there was a
        Length
        in 9 out 7 thought 0
        """)]
    public void An_answer_is_heard(string name, string said) =>
        Assert.Equal(said, Heard.Whole(Heard.Fixture($"{name}.json")));

    [Theory]
    [MemberData(nameof(Answers))]
    public void A_streamed_answer_says_what_the_whole_one_says(string name) =>
        Assert.Equal(Heard.Whole(Heard.Fixture($"{name}.json")), Heard.Streamed(Heard.Fixture($"{name}.sse")));

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_says_the_same_wherever_its_bytes_are_cut_and_however_its_lines_end(string name)
    {
        var fixture = Heard.Fixture($"{name}.sse");
        var expected = Heard.Streamed(fixture);
        foreach (var lineEnd in (string[])["\n", "\r\n", "\r"])
        {
            var bytes = Encoding.UTF8.GetBytes(fixture.Replace("\n", lineEnd, StringComparison.Ordinal));
            for (var cut = 1; cut < bytes.Length; cut++)
            {
                Assert.Equal(expected, Heard.Streamed(bytes, [cut]));
            }

            Assert.Equal(expected, Heard.Streamed(bytes, Enumerable.Range(1, bytes.Length - 1)));
            Assert.Equal(expected, Heard.Streamed(bytes.AsSpan().TrimEnd("\r\n"u8).ToArray(), []));
        }
    }

    [Fact]
    public void A_call_without_an_id_is_given_one_that_is_always_the_same_and_no_other_call_s()
    {
        const string twoCalls =
            """
            {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":1}}},
            {"functionCall":{"name":"f","args":{"a":1}}}]},"finishReason":"STOP"}],"responseId":"r1"}
            """;

        var said = Heard.Whole(twoCalls).Split('\n').Where(line => line.StartsWith("call ")).ToArray();

        Assert.Equal(Heard.Whole(twoCalls).Split('\n').Where(line => line.StartsWith("call ")), said);
        Assert.All(said, line => Assert.Matches("^call call_[0-9a-f]{24} f {\"a\":1} / $", line));
        Assert.NotEqual(said[0], said[1]);
        Assert.DoesNotContain(said[0], Heard.Whole(twoCalls.Replace("r1", "r2", StringComparison.Ordinal)));
    }

    [Fact]
    public void Of_several_calls_only_the_first_is_passed_on_to_a_caller_that_takes_one() => Assert.Equal(
        """
        3AYgabjYLfOlkdUP2OTa8Qc gemini-3-pro-preview
        call 7c1qd9xe get_weather {"location":"Paris"} / EuYECuMEAXLI2nyQ6m0f1bJt9vXH3s0dYxkOqk3RZ8C1Yw==
        ToolCalls
        in 131 out 46 thought 88
        """,
        Heard.Streamed(
            Heard.Fixture("parallel-tools.sse"), Written.Saying("?") with { ParallelToolCalls = false }));

    [Theory]
    [InlineData("STOP", StopReason.EndTurn)]
    [InlineData("MAX_TOKENS", StopReason.Length)]
    [InlineData("SAFETY", StopReason.ContentFilter)]
    [InlineData("RECITATION", StopReason.ContentFilter)]
    [InlineData("LANGUAGE", StopReason.ContentFilter)]
    [InlineData("BLOCKLIST", StopReason.ContentFilter)]
    [InlineData("PROHIBITED_CONTENT", StopReason.ContentFilter)]
    [InlineData("SPII", StopReason.ContentFilter)]
    [InlineData("IMAGE_SAFETY", StopReason.ContentFilter)]
    [InlineData("IMAGE_PROHIBITED_CONTENT", StopReason.ContentFilter)]
    [InlineData("IMAGE_RECITATION", StopReason.ContentFilter)]
    [InlineData("MODEL_ARMOR", StopReason.ContentFilter)]
    [InlineData("OTHER", StopReason.EndTurn)]
    [InlineData("MALFORMED_FUNCTION_CALL", StopReason.EndTurn)]
    [InlineData("UNEXPECTED_TOOL_CALL", StopReason.EndTurn)]
    [InlineData("TOO_MANY_TOOL_CALLS", StopReason.EndTurn)]
    [InlineData("IMAGE_OTHER", StopReason.EndTurn)]
    [InlineData("NO_IMAGE", StopReason.EndTurn)]
    [InlineData("SOMETHING_NEW", StopReason.EndTurn)]
    public void Every_reason_to_finish_is_one_that_callers_know(string reason, object expected) => Assert.Equal(
        $" \ntext a\n{expected}",
        Heard.Whole($$"""{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"{{reason}}"}]}"""));

    [Fact]
    public void A_filter_that_explains_itself_and_let_nothing_pass_refuses_in_its_words() => Assert.Equal(
        " \nrefusal It was unsafe.\nContentFilter",
        Heard.Whole("""{"candidates":[{"finishReason":"SAFETY","finishMessage":"It was unsafe."}]}"""));

    [Fact]
    public void A_signature_at_the_end_of_a_text_is_kept() => Assert.Equal(
        "r \ntext Hello\nredacted sig\nEndTurn",
        Heard.Streamed(
            """
            data: {"candidates":[{"content":{"parts":[{"text":"Hel"}]}}],"responseId":"r"}

            data: {"candidates":[{"content":{"parts":[{"text":"lo"}]}}]}

            data: {"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"sig"}]},"finishReason":"STOP"}]}

            """));

    [Fact]
    public void What_is_sent_back_after_it_was_heard_is_what_was_said()
    {
        foreach (var parts in (string[])
            [
                """[{"text":"A","thoughtSignature":"s"},{"functionCall":{"id":"c","name":"f","args":{"x":1}}}]""",
                """[{"functionCall":{"id":"c","name":"f","args":{}},"thoughtSignature":"s"}]""",
                """[{"text":"A"},{"text":"","thoughtSignature":"s"}]""",
                """[{"text":"A"},{"functionCall":{"id":"c","name":"f","args":{}},"thoughtSignature":"s"}]""",
            ])
        {
            var gathered = new Answer();
            var reader = new GeminiReader(Written.Saying("?"), gathered);
            Assert.True(reader.ReadWhole(Encoding.UTF8.GetBytes(
                $$"""{"candidates":[{"content":{"parts":{{parts}}},"finishReason":"STOP"}]}""")));

            var turn = new Turn(TurnRole.Assistant, gathered.Choices[0].Parts);
            Written.Same(parts, Written.Contents(Written.Model, Written.User("?"), turn)[1]!["parts"]);
        }
    }

    [Fact]
    public void Chunks_that_repeat_a_reason_to_finish_do_not_end_the_answer() => Assert.Equal(
        "r \ntext Hello\nEndTurn",
        Heard.Streamed(
            """
            data: {"candidates":[{"content":{"parts":[{"text":"Hel"}]},"finishReason":"STOP"}],"responseId":"r"}

            data: {"candidates":[{"content":{"parts":[{"text":"lo"}]},"finishReason":"STOP"}]}

            """));

    [Fact]
    public void A_block_in_the_middle_of_an_answer_ends_it() => Assert.Equal(
        "r \ntext Hel\nContentFilter",
        Heard.Streamed(
            """
            data: {"candidates":[{"content":{"parts":[{"text":"Hel"}]}}],"responseId":"r"}

            data: {"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}

            """));

    [Fact]
    public void Half_a_character_is_no_reason_to_fail() => Assert.Equal(
        "r \ntext \uFFFD!\nEndTurn",
        Heard.Whole(
            """
            {"candidates":[{"content":{"parts":[{"text":"\ud83d"},{"text":"!"}]},"finishReason":"STOP"}],
            "responseId":"r"}
            """));

    [Fact]
    public void Several_candidates_are_several_choices() => Assert.Equal(
        "r \ntext ac\nEndTurn\ntext b\nLength",
        Heard.Whole(
            """
            [{"candidates":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]},"index":1}],
            "responseId":"r"},{"candidates":[{"finishReason":"MAX_TOKENS","index":1},
            {"content":{"parts":[{"text":"c"}]},"finishReason":"STOP","index":0}]}]
            """));

    [Fact]
    public void Probabilities_of_tokens_come_in_the_shape_callers_know() => Assert.Equal(
        "r \ntext Hé\nlogprob {\"token\":\"Hé\",\"logprob\":-0.25,\"bytes\":[72,195,169],\"top_logprobs\":["
        + "{\"token\":\"Hé\",\"logprob\":-0.25,\"bytes\":[72,195,169]},"
        + "{\"token\":\"Ha\",\"logprob\":-1.5,\"bytes\":[72,97]}]}\nEndTurn",
        Heard.Whole(
            """
            {"candidates":[{"content":{"parts":[{"text":"Hé"}]},"finishReason":"STOP","logprobsResult":{
            "chosenCandidates":[{"token":"Hé","tokenId":7,"logProbability":-0.25}],
            "topCandidates":[{"candidates":[{"token":"Hé","logProbability":-0.25},
            {"token":"Ha","logProbability":-1.5}]}]}}],"responseId":"r"}
            """));

    [Fact]
    public void An_error_after_the_first_byte_ends_the_answer_with_what_was_said_and_used() => Assert.Equal(
        "EQggaZDQC-PexN8PqoHSwAk gemini-2.5-flash\nin 10 out 2 thought 0\nServer: An internal error has occurred.",
        Heard.Streamed(Heard.Fixture("error-after.sse")).Replace("\nEndTurn", "", StringComparison.Ordinal));

    [Fact]
    public void A_stream_that_ends_without_a_reason_was_cut_off() =>
        Assert.EndsWith("\ncut off", Heard.Streamed(Heard.Fixture("cut.sse")), StringComparison.Ordinal);

    [Fact]
    public void A_stream_that_came_as_an_array_is_read_all_the_same() => Assert.Equal(
        "r \ntext ab\nEndTurn",
        Heard.Whole(
            """
            [{"candidates":[{"content":{"parts":[{"text":"a"}]}}],"responseId":"r"},
            {"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"}]}]
            """));

    [Theory]
    [InlineData("")]
    [InlineData("<html>busy</html>")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"candidates":[]}""")]
    [InlineData("""{"candidates":"none"}""")]
    [InlineData("""{"candidates":[7,{"content":7},{"content":{"parts":7}},{"content":{"parts":[7,{"text":7}]}}]}""")]
    [InlineData("""{"candidates":[{"index":99999999,"finishReason":"STOP"}]}""")]
    [InlineData("""{"usageMetadata":{"promptTokenCount":4,"totalTokenCount":4}}""")]
    public void What_is_no_answer_is_not_taken_for_one(string body) => Assert.Equal("no answer", Heard.Whole(body));

    [Theory]
    [InlineData("text.sse", true, null)]
    [InlineData("refusal.sse", true, null)]
    [InlineData("error-before.sse", false, ProviderFaultKind.Overloaded)]
    [InlineData(": keep-alive\n\n", false, null)]
    [InlineData("data: {\"usageMetadata\":{\"trafficType\":\"ON_DEMAND\"}}\n\n", false, null)]
    public void Until_an_answer_begins_another_provider_may_serve(string stream, bool begins, object? fault)
    {
        var bytes = Encoding.UTF8.GetBytes(stream.EndsWith(".sse", StringComparison.Ordinal)
            ? Heard.Fixture(stream)
            : stream);
        using var framing = new ServerSentEventFraming();
        Assert.True(framing.TryRead(bytes, ended: true, out var first));

        var hasBegun = new GeminiReader(Written.Saying("?"), new Answer()).Begins(in first, out var seen);

        Assert.Equal((begins, fault), (hasBegun, (object?)seen?.Kind));
    }
}
