using System.Collections.Concurrent;
using System.Diagnostics;
using LlmPlatform.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Hosting.Tests.Telemetry;

[Collection("Tracing")]
public sealed class RequestSpanTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();

    public RequestSpanTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.TraceId == _trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_span_has_the_route_method_and_status_and_nothing_that_the_caller_wrote()
    {
        await using var host = await TelemetryHost.StartAsync(
            map: app => app.MapGet("/items/{id}", (string id) => Results.Text(id, statusCode: 202)));

        var span = await SpanOfAsync(host, HttpMethod.Get, "/items/secret-path?key=secret-query");

        Assert.Equal("GET /items/{id}", span.DisplayName);
        Assert.Equal(
            ["http.request.method=GET", "http.response.status_code=202", "http.route=/items/{id}", "url.scheme=http"],
            TagsOf(span));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Empty(span.Baggage);
    }

    [Fact]
    public async Task An_uncaught_exception_is_an_error_without_its_message()
    {
        await using var host = await TelemetryHost.StartAsync(
            map: app => app.MapGet("/fails", void () => throw new InvalidOperationException("secret message")));

        var span = await SpanOfAsync(host, HttpMethod.Get, "/fails");

        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Null(span.StatusDescription);
        Assert.Equal(
            [
                "error.type=500", "http.request.method=GET", "http.response.status_code=500", "http.route=/fails",
                "url.scheme=http",
            ],
            TagsOf(span));
        Assert.Empty(span.Events);
    }

    [Fact]
    public async Task A_request_without_a_route_is_named_for_its_method_and_an_invented_method_is_not_repeated()
    {
        await using var host = await TelemetryHost.StartAsync();

        var span = await SpanOfAsync(host, new HttpMethod("SECRET"), "/nowhere");

        Assert.Equal("_OTHER", span.DisplayName);
        Assert.Equal(
            ["http.request.method=_OTHER", "http.response.status_code=404", "url.scheme=http"], TagsOf(span));
    }

    [Fact]
    public async Task A_scrape_leaves_no_span()
    {
        await using var host = await TelemetryHost.StartAsync();

        var span = await SpanOfAsync(host, HttpMethod.Get, "/metrics");

        Assert.False(span.Recorded);
    }

    private static IEnumerable<string> TagsOf(Activity span) =>
        span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal);

    private async Task<Activity> SpanOfAsync(TelemetryHost host, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("traceparent", $"00-{_trace}-{ActivitySpanId.CreateRandom()}-01");
        request.Headers.Add("User-Agent", "secret-agent");
        request.Headers.Add("x-api-key", "secret-key");
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        // The span ends after the caller has its answer.
        await Eventually.UntilAsync(
            () => !_stopped.IsEmpty, TimeSpan.FromSeconds(60), "the span of the request ends",
            TestContext.Current.CancellationToken);
        return Assert.Single(_stopped);
    }
}
