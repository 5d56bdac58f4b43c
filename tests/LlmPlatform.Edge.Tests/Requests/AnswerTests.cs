using System.Net;
using System.Text;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Edge.Tests.Requests;

/// <summary>What the caller gets of an answer, and what is billed for it.</summary>
public sealed class AnswerTests(EdgeUnderTest edge)
{
    private const string Finish =
        """{"id":"c9","choices":[{"index":0,"delta":{"content":"four"},"finish_reason":"stop"}]""";

    [Fact]
    public async Task A_whole_answer_is_passed_on_billed_by_the_providers_figures_and_priced()
    {
        var model = edge.NewModel("m");
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model));
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var body = JsonDocument.Parse(text);
        Assert.Equal(100, body.RootElement.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal("0.002", Header(answer, "X-Cost-Usd"));
        Assert.Equal((model, "first"), (Header(answer, "X-Model"), Header(answer, "X-Provider")));
        Assert.InRange(double.Parse(Header(answer, "X-Overhead-Ms")!), 0, 2000);
        Assert.Null(Header(answer, "X-Model-Fallback"));
        var seen = Assert.Single(edge.First.Ledger.Attempts, attempt => attempt.Model == model);
        Assert.Equal("Bearer " + Landscape.ProviderSecret, seen.Authorization);
        Assert.Equal(Header(answer, "X-Request-Id"), seen.RequestId);

        var (completed, usage) = await edge.RecordsOfAsync(answer);
        var record = Assert.Single(usage);
        Assert.Equal(new TokenUsage { InputUncached = 100, OutputText = 50 }, record.Tokens);
        Assert.Equal((UsageOutcomes.Completed, UsageSources.Provider), (record.Outcome, record.UsageSource));
        Assert.Equal((2_000_000, true, 2), (record.CostNanoUsd, record.EndsRequest, record.EventVersion));
        Assert.Equal(seen.Id, record.ProviderRequestId);
        Assert.Equal("completed", Assert.Single(completed.Attempts).Outcome);
        Assert.Equal((200, text.Length, 2_000_000), (completed.Status, completed.ResponseBytes, completed.CostNanoUsd));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(",\"stream_options\":{\"include_usage\":true}", true)]
    public async Task Usage_is_asked_for_in_every_stream_and_shown_to_those_who_asked(string more, bool shown)
    {
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(edge.NewModel("m"), stream: true, more));
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal("text/event-stream; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(
            ("no", "no-cache"), (Header(answer, "X-Accel-Buffering"), answer.Headers.CacheControl?.ToString()));
        Assert.EndsWith("data: [DONE]\n\n", text);
        Assert.Equal(shown, text.Contains("usage", StringComparison.Ordinal));
        var (completed, usage) = await edge.RecordsOfAsync(answer);
        Assert.Equal(new TokenUsage { InputUncached = 100, OutputText = 50 }, Assert.Single(usage).Tokens);
        Assert.True(completed.IsStream);
        Assert.NotNull(completed.TimeToFirstToken);
        Assert.Equal(text.Length, completed.ResponseBytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Usage_that_is_not_reported_is_counted_and_marked(bool stream)
    {
        var model = edge.NewModel("m");
        edge.First.ScriptModel(model, new ProviderScript { OmitUsage = true, Chunks = 12 });
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream));
        await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        var record = Assert.Single((await edge.RecordsOfAsync(answer)).Usage);
        Assert.Equal(UsageSources.GatewayCounted, record.UsageSource);
        Assert.InRange(record.Tokens.OutputText, 12, 24);
        Assert.InRange(record.Tokens.InputUncached, 1, 100);
    }

    [Fact]
    public async Task Usage_on_the_finish_chunk_is_seen_and_hidden()
    {
        var model = edge.NewModel("r");
        edge.Raw.Stream(
            model,
            "data: " + Finish + ",\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6}}\r\n\r\n",
            "data: [DONE]\r\n\r\n");
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream: true));

        Assert.Equal(
            "data: " + Finish + "}\r\n\r\ndata: [DONE]\r\n\r\n",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((5, 6), Totals(Assert.Single((await edge.RecordsOfAsync(answer)).Usage)));
    }

    [Fact]
    public async Task A_stream_cut_in_the_middle_ends_with_an_error_event_and_is_billed_by_count()
    {
        var model = edge.NewModel("x");
        var callerHasRead = new TaskCompletionSource();
        edge.Raw.Answer(model, async http =>
        {
            http.Response.ContentType = "text/event-stream";
            for (var i = 0; i < 4; i++)
            {
                await http.Response.Body.WriteAsync(
                    Encoding.UTF8.GetBytes($"data: {Finish}}}\n\n"), http.RequestAborted);
            }

            await http.Response.Body.FlushAsync(http.RequestAborted);
            await callerHasRead.Task.WaitAsync(http.RequestAborted);
            http.Abort();
        });
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream: true));
        using var stream = new StreamReader(
            await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var read = new StringBuilder();
        for (var events = 0; events < 4; events += read[^1] == '\n' && read[^2] == '\n' ? 1 : 0)
        {
            read.Append(await stream.ReadLineAsync(TestContext.Current.CancellationToken)).Append('\n');
        }

        // Only now: a connection that is reset may take along what was sent and not yet read.
        callerHasRead.SetResult();
        var text = read + await stream.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.EndsWith(
            $"data: {{\"error\":{{\"message\":\"The provider of '{model}' failed to answer this call.\","
            + "\"type\":\"server_error\",\"code\":\"upstream_error\",\"param\":null}}\n\n",
            text);
        Assert.DoesNotContain("[DONE]", text);
        var (completed, usage) = await edge.RecordsOfAsync(answer);
        var record = Assert.Single(usage);
        Assert.Equal((UsageOutcomes.UpstreamFailed, UsageSources.GatewayCounted), (record.Outcome, record.UsageSource));
        Assert.Equal(4, record.Tokens.OutputText);
        Assert.True(record.EndsRequest);
        Assert.Equal("upstream_error", completed.ErrorCode);
        Assert.DoesNotContain(edge.Second.Ledger.Attempts, attempt => attempt.Model == model);
    }

    [Fact]
    public async Task An_error_inside_a_stream_is_passed_on_and_what_passed_is_billed()
    {
        var model = edge.NewModel("m");
        edge.First.ScriptModel(model, new ProviderScript { ErrorAfterChunks = 3 });
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream: true));

        Assert.Contains(
            "The model broke off.", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var (completed, usage) = await edge.RecordsOfAsync(answer);
        Assert.Equal(UsageOutcomes.UpstreamFailed, Assert.Single(usage).Outcome);
        Assert.Equal("upstream_error", completed.ErrorCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_caller_that_leaves_is_billed_for_what_the_provider_bills(bool stream)
    {
        var model = edge.NewModel("m");
        edge.First.ScriptModel(
            model,
            new ProviderScript
            {
                DelayPerChunk = TimeSpan.FromMilliseconds(stream ? 200 : 0),
                FirstByteDelay = TimeSpan.FromMilliseconds(stream ? 0 : 1500),
            });
        using (var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken))
        {
            var asked = edge.SendAsync(
                HttpMethod.Post, "/v1/chat/completions", Landscape.Watched,
                EdgeUnderTest.Body(model, stream), leaving.Token);
            await TestKit.Eventually.UntilAsync(
                () => edge.First.Ledger.Attempts.Any(attempt => attempt.Model == model),
                TimeSpan.FromSeconds(60),
                "the provider was asked",
                TestContext.Current.CancellationToken);
            if (stream)
            {
                using var answer = await asked;
                var reader = await answer.Content.ReadAsStreamAsync(leaving.Token);
                await reader.ReadExactlyAsync(new byte[20], leaving.Token);
            }
            else
            {
                await leaving.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
            }
        }

        var (completed, usage) = await edge.RecordsOfAsync(call => call.ModelRequested == model);
        var record = Assert.Single(usage);
        Assert.Equal((100, 50), Totals(record));
        Assert.Equal((UsageOutcomes.ClientDisconnected, UsageSources.Provider), (record.Outcome, record.UsageSource));
        Assert.Equal("client_disconnected", completed.ErrorCode);
        // The provider closes its books a moment after its last byte has left.
        await TestKit.Eventually.UntilAsync(
            () => edge.First.Ledger.Attempts.Single(attempt => attempt.Model == model).Outcome
                == AttemptOutcome.Completed,
            TimeSpan.FromSeconds(60),
            "the provider was heard to the end",
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_stream_nobody_reads_is_cut_when_the_drain_is_over()
    {
        var model = edge.NewModel("m");
        edge.First.ScriptModel(
            model, new ProviderScript { DelayPerChunk = TimeSpan.FromMilliseconds(800), Chunks = 30 });
        using (var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream: true)))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var (_, usage) = await edge.RecordsOfAsync(call => call.ModelRequested == model);
        var record = Assert.Single(usage);
        Assert.Equal(
            (UsageOutcomes.ClientDisconnected, UsageSources.GatewayCounted), (record.Outcome, record.UsageSource));
        Assert.InRange(record.Tokens.OutputText, 2, 20);
    }

    [Fact]
    public async Task A_provider_that_answers_a_stream_with_a_document_is_passed_on_as_one()
    {
        var model = edge.NewModel("r");
        edge.Raw.Whole(
            model,
            200,
            """
            {"id":"w","choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":5,"completion_tokens":6}}
            """);
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream: true));

        Assert.Equal("application/json", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal((5, 6), Totals(Assert.Single((await edge.RecordsOfAsync(answer)).Usage)));
    }

    internal static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    internal static (long Input, long Output) Totals(UsageRecorded usage) =>
        (usage.Tokens.TotalInput, usage.Tokens.TotalOutput);
}
