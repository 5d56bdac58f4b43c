using System.Net;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Edge.Tests.Responses;

/// <summary><c>POST /v1/responses</c> from end to end, where the provider speaks it.</summary>
public sealed class ResponsesTests(EdgeUnderTest edge)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_response_passes_through_and_is_billed_by_the_providers_figures(bool stream)
    {
        var model = edge.NewModel("o");
        using var answer = await SendAsync(Body(model, stream, more: ",\"tools\":[{\"type\":\"web_search\"}]"));
        var text = await answer.Content.ReadAsStringAsync(Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            stream ? "text/event-stream" : "application/json", answer.Content.Headers.ContentType?.MediaType);
        var seen = Assert.Single(edge.First.Ledger.Attempts, attempt => attempt.Model == model);
        Assert.Contains($"\"id\":\"{ResponseIdOf(seen)}\"", text, StringComparison.Ordinal);
        Assert.Equal(stream, text.Contains("event: response.completed\n", StringComparison.Ordinal));
        var (completed, usage) = await edge.RecordsOfAsync(answer);
        var record = Assert.Single(usage);
        Assert.Equal(
            (100, 50, 1), (record.Tokens.TotalInput, record.Tokens.TotalOutput, record.Tokens.WebSearches));
        Assert.Equal((UsageOutcomes.Completed, UsageSources.Provider), (record.Outcome, record.UsageSource));
        Assert.Equal(("responses", ResponseIdOf(seen)), (record.Operation, record.ProviderRequestId));
        Assert.Equal(("/v1/responses", stream), (completed.Route, completed.IsStream));
    }

    [Fact]
    public async Task What_we_do_not_know_reaches_the_provider_as_it_was_sent()
    {
        var model = edge.NewModel("o");
        using var answer = await SendAsync(Body(model, more: ",\"metadata\":{\"a\":\"b\"},\"x_unknown\":[1.0,{}]"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var seen = Assert.Single(edge.First.Ledger.Attempts, attempt => attempt.Model == model);
        Assert.Equal("[1.0,{}]", seen.Body.GetProperty("x_unknown").GetRawText());
        Assert.Equal("/v1/responses", seen.Target);
        Assert.Equal("Bearer " + Landscape.ProviderSecret, seen.Authorization);
    }

    [Fact]
    public async Task The_providers_word_on_the_callers_request_is_passed_on()
    {
        using var answer = await SendAsync(Body(edge.NewModel("o"), more: ",\"max_tokens\":5"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = await EdgeUnderTest.ErrorOfAsync(answer);
        Assert.Equal("unsupported_parameter", error.GetProperty("code").GetString());
        Assert.Empty((await edge.RecordsOfAsync(answer)).Usage);
    }

    [Fact]
    public async Task A_stream_that_breaks_is_ended_in_its_own_words_and_billed_by_our_count()
    {
        var model = edge.NewModel("o");
        edge.First.ScriptModel(model, new ProviderScript { CutAfterChunks = 5, DelayPerChunk = Pace });
        using var answer = await SendAsync(Body(model, stream: true));
        var text = await answer.Content.ReadAsStringAsync(Stop);

        var last = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.StartsWith("event: response.failed\ndata: ", last);
        using var payload = JsonDocument.Parse(last.Split('\n')[1]["data: ".Length..]);
        var seen = Assert.Single(edge.First.Ledger.Attempts, attempt => attempt.Model == model);
        Assert.Equal(ResponseIdOf(seen), payload.RootElement.GetProperty("response").GetProperty("id").GetString());
        var record = Assert.Single((await edge.RecordsOfAsync(answer)).Usage);
        Assert.Equal((UsageOutcomes.UpstreamFailed, UsageSources.GatewayCounted), (record.Outcome, record.UsageSource));
        Assert.InRange(record.Tokens.OutputText, 5, 20);
    }

    [Fact]
    public async Task A_response_in_the_background_is_refused_with_what_to_do()
    {
        using var answer = await SendAsync(Body(edge.NewModel("o"), more: ",\"background\":true"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = await EdgeUnderTest.ErrorOfAsync(answer);
        Assert.Equal("background", error.GetProperty("param").GetString());
        Assert.Contains("stream", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    // The fake provider numbers its calls; each kind of answer has its own way to begin.
    private static string ResponseIdOf(ProviderAttempt attempt) => "resp_" + attempt.Id["chatcmpl-".Length..];

    private static string Body(string model, bool stream = false, string more = "") =>
        $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}}{{more}},"input":"hi"}""";

    private Task<HttpResponseMessage> SendAsync(string body, string key = Landscape.Open) =>
        edge.SendAsync(HttpMethod.Post, "/v1/responses", key, body, Stop);
}
