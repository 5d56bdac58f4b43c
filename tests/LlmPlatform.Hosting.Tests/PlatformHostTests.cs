using System.Net;
using System.Net.Http.Headers;
using LlmPlatform.TestKit;

namespace LlmPlatform.Hosting.Tests;

public class PlatformHostTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--chek-config")]
    [InlineData("--migrate", "--check-config")]
    public async Task An_unknown_verb_is_said_and_ends_with_64(params string[] arguments)
    {
        var (exitCode, output) = await SmallHost.RunAsync(arguments, "amqp://127.0.0.1:1/");

        Assert.Equal(64, exitCode);
        Assert.Contains("--check-config, --migrate, or --rebuild", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_good_configuration_is_accepted_without_a_server()
    {
        var (exitCode, output) = await SmallHost.RunAsync(["--check-config"], "amqp://127.0.0.1:1/");

        Assert.Equal(0, exitCode);
        Assert.Contains("platform.yaml is good.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--check-config")]
    [InlineData("--migrate")]
    [InlineData]
    public async Task Every_fault_of_the_environment_and_the_file_is_listed_under_any_verb(params string[] arguments)
    {
        var (exitCode, output) = await SmallHost.RunAsync(
            arguments,
            "http://guest:secret-1@broker/",
            ("LLM_PLATFORM_MASTER_KEY", "secret-2"),
            ("LLM_PLATFORM_ENCRYPTION_KEY", null),
            ("LLM_PLATFORM_LOG_LEVEL", "Loud"),
            ("LLM_PLATFORM_CONFIG", "/nowhere/platform.yaml"));

        Assert.Equal(1, exitCode);
        Assert.Contains("Not started: 5 faults.", output, StringComparison.Ordinal);
        foreach (var named in new[] { "RABBITMQ", "MASTER_KEY", "ENCRYPTION_KEY", "LOG_LEVEL" })
            Assert.Contains($"LLM_PLATFORM_{named} ", output, StringComparison.Ordinal);
        Assert.Contains("/nowhere/platform.yaml", output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_fault_of_the_options_is_listed()
    {
        var (exitCode, output) = await SmallHost.RunAsync(
            ["--check-config"],
            "amqp://127.0.0.1:1/",
            ("Small__Thing__Count", "11"),
            ("Small__Thnig__Count", "1"),
            ("Bus__PrefetchCount", "many"),
            ("Bus__RetryLimit", "-1"));

        Assert.Equal(1, exitCode);
        Assert.Contains("Not started: 4 faults.", output, StringComparison.Ordinal);
        foreach (var path in new[] { "Small:Thing:Count", "Small:Thnig", "Bus:PrefetchCount", "Bus:RetryLimit" })
            Assert.Contains(path, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_that_fails_is_logged_and_ends_with_1()
    {
        var (exitCode, output) = await SmallHost.RunAsync(["--migrate"], null, ("SMALL_MIGRATION", "fails"));

        Assert.Equal(1, exitCode);
        Assert.Contains("The migration was told to fail.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_logged_and_ends_with_1()
    {
        await using var first = await SmallHost.StartAsync([]);
        using var client = await first.ConnectAsync();

        var (exitCode, output) = await SmallHost.RunAsync(
            [], null, ("LLM_PLATFORM_LISTEN", client.BaseAddress!.ToString()));

        Assert.Equal(1, exitCode);
        Assert.Contains("address already in use", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_loop_that_dies_ends_the_process_with_1()
    {
        var (exitCode, output) = await SmallHost.RunAsync([], null, ("SMALL_LOOP", "fails"));

        Assert.Equal(1, exitCode);
        Assert.Contains("The loop was told to fail.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_told_to_stop_finishes_the_stream_it_has_begun_and_takes_no_new_call()
    {
        await using var host = await SmallHost.StartAsync([]);
        using var client = await host.ConnectAsync();
        using var response = await client.GetAsync(
            new Uri("/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var stream = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        var lines = new List<string?> { await stream.ReadLineAsync(Cancellation) };

        await host.TerminateAsync();
        await Eventually.UntilAsync(
            () => RefusesAsync(client), TimeSpan.FromSeconds(60), "the port is closed", Cancellation);
        while (await stream.ReadLineAsync(Cancellation) is { } line)
            lines.Add(line);

        Assert.Equal(Enumerable.Range(1, 10).Select(part => $"{part}"), lines);
        Assert.Equal(0, await host.ExitAsync());
    }

    [Fact]
    public async Task What_the_framework_refuses_is_a_problem_that_says_so()
    {
        await using var host = await SmallHost.StartAsync([]);
        using var client = await host.ConnectAsync();

        await AssertProblemAsync(client, "{ not json", "", 400, "invalid_request", "The body cannot be read");
        await AssertProblemAsync(client, """{"count":"three"}""", "", 400, "invalid_request", "$.count");
        await AssertProblemAsync(client, """{"count":1,"cuont":2}""", "", 400, "invalid_request", "cuont");
        await AssertProblemAsync(client, """{"count":1}""", "?limit=many", 400, "invalid_request", "limit");
        await AssertProblemAsync(
            client, new string(' ', 31_000_000), "", 413, "request_too_large", "413");

        using var plain = Post("{ not json", "");
        plain.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/plain"));
        using var answer = await client.SendAsync(plain, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);

        // A stranger is told nothing about the body.
        using var stranger = Post("{ not json", "");
        stranger.Headers.Authorization = null;
        using var refused = await client.SendAsync(stranger, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private static async Task AssertProblemAsync(
        HttpClient client, string body, string query, int status, string type, string detail)
    {
        using var request = Post(body, query);

        // A body that is refused for its size is not sent, so that the answer can be read.
        request.Headers.ExpectContinue = true;
        using var response = await client.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);

        Assert.True((int)response.StatusCode == status, text);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains($"\"type\":\"{type}\"", text, StringComparison.Ordinal);
        Assert.Contains(detail, text, StringComparison.Ordinal);
    }

    private static HttpRequestMessage Post(string body, string query) =>
        new(HttpMethod.Post, "/admin/v1/things" + query)
        {
            Content = new StringContent(body, new MediaTypeHeaderValue("application/json")),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", SmallHost.MasterKey) },
        };

    private static async Task<bool> RefusesAsync(HttpClient like)
    {
        // A connection of its own: one that is open already is served to its end.
        using var client = new HttpClient { BaseAddress = like.BaseAddress };
        try
        {
            using var response = await client.GetAsync(new Uri("/healthz", UriKind.Relative), Cancellation);
            return false;
        }
        catch (HttpRequestException)
        {
            return true;
        }
    }
}
