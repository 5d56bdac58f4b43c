using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.TestKit.Tests.Providers;

public sealed class FakeProviderTests : IAsyncLifetime
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new();
    private FakeProvider _provider = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _provider = await FakeProvider.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_whole_answer_reports_the_usage_it_bills()
    {
        _provider.Script = new ProviderScript { Usage = new ProviderUsage(1000, 10, Cached: 300, Reasoning: 4) };
        using var response = await CallAsync(Hello());
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal(1010, answer.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        await SettledAsync();
        var attempt = Assert.Single(_provider.Ledger.Completed);
        Assert.Equal(new ProviderUsage(1000, 10, 300, 4), attempt.Billed);
        Assert.Equal("r-1", attempt.RequestId);
        Assert.True(attempt.UsageSent);
    }

    [Fact]
    public async Task A_stream_with_include_usage_says_null_until_the_last_chunk_before_done()
    {
        var events = await StreamAsync(includeUsage: true);
        Assert.Equal("[DONE]", events[^1]);
        var chunks = events[..^1].Select(text => JsonDocument.Parse(text).RootElement).ToList();
        Assert.All(chunks[..^1], chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("usage").ValueKind));
        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal(150, chunks[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task A_stream_without_it_never_mentions_usage_but_bills_the_same()
    {
        var events = await StreamAsync(includeUsage: false);
        Assert.All(events, text => Assert.DoesNotContain("usage", text, StringComparison.Ordinal));
        await SettledAsync();
        Assert.Equal(new ProviderUsage(100, 50), Assert.Single(_provider.Ledger.Completed).Billed);
    }

    [Fact]
    public async Task A_cut_stream_bills_what_was_generated()
    {
        _provider.Script = new ProviderScript { CutAfterChunks = 4 };
        await Assert.ThrowsAnyAsync<Exception>(() => StreamAsync(includeUsage: true));
        await SettledAsync();
        var attempt = Assert.Single(_provider.Ledger.Attempts);
        Assert.Equal((AttemptOutcome.Broken, new ProviderUsage(100, 20)), (attempt.Outcome, attempt.Billed));
    }

    [Fact]
    public async Task An_error_event_ends_a_stream_without_done()
    {
        _provider.Script = new ProviderScript { ErrorAfterChunks = 2 };
        var events = await StreamAsync(includeUsage: true);
        Assert.Contains("\"error\"", events[^1], StringComparison.Ordinal);
        Assert.Equal(4, events.Count);
    }

    [Fact]
    public async Task Refusals_are_served_once_each_and_bill_nothing()
    {
        _provider.RefuseNext(1, 429, TimeSpan.FromSeconds(7));
        using var refused = await CallAsync(Hello());
        using var served = await CallAsync(Hello());
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        await SettledAsync();
        Assert.Equal([0, 150], _provider.Ledger.Attempts.Select(attempt => attempt.Billed.Total));
    }

    [Fact]
    public async Task A_caller_that_leaves_a_hanging_call_is_noticed()
    {
        _provider.Script = new ProviderScript { HangBeforeFirstByte = true };
        using var leaving = new CancellationTokenSource();
        var call = _http.PostAsJsonAsync($"{_provider.BaseUrl}/chat/completions", Hello(), leaving.Token);
        await Eventually.UntilAsync(() => _provider.Ledger.Open == 1, _deadline, "the call arrives", Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await SettledAsync();
        Assert.Equal(AttemptOutcome.CallerLeft, Assert.Single(_provider.Ledger.Attempts).Outcome);
    }

    [Fact]
    public async Task A_hundred_streams_at_once_are_a_hundred_lines_of_the_ledger()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => StreamAsync(includeUsage: true)));
        await SettledAsync();
        Assert.Equal(100, _provider.Ledger.Completed.Count);
        Assert.Equal(100, _provider.Ledger.Completed.Select(attempt => attempt.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_provider_that_went_away_comes_back_on_its_port()
    {
        await _provider.GoAwayAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(Hello()));
        await _provider.ComeBackAsync();
        using var served = await CallAsync(Hello());
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    private static object Hello() => new { model = "m", messages = new[] { new { role = "user", content = "hi" } } };

    private Task SettledAsync() =>
        Eventually.UntilAsync(() => _provider.Ledger.Open == 0, _deadline, "the ledger is settled", Token);

    private async Task<HttpResponseMessage> CallAsync(object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_provider.BaseUrl}/chat/completions");
        request.Headers.Add("X-Request-Id", "r-1");
        request.Content = JsonContent.Create(body);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    private async Task<List<string>> StreamAsync(bool includeUsage)
    {
        using var response = await CallAsync(
            new
            {
                model = "m",
                messages = new[] { new { role = "user", content = "hi" } },
                stream = true,
                stream_options = new { include_usage = includeUsage },
            });
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        var events = new List<string>();
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                events.Add(line["data: ".Length..]);
        }

        return events;
    }
}
