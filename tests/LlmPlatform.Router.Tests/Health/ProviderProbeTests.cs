using System.Net;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Health;
using LlmPlatform.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Router.Tests.Health;

public sealed class ProviderProbeTests : IAsyncLifetime
{
    private readonly ServiceProvider _services;
    private readonly ManualTimeProvider _clock = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication _provider = null!;
    private Func<HttpContext, Task> _answer = _ => Task.CompletedTask;

    public ProviderProbeTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_clock);
        ProviderProbe.AddTo(services);
        _services = services.BuildServiceProvider();
    }

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _provider = builder.Build();
        _provider.Run(http =>
        {
            _asked.TrySetResult();
            return _answer(http);
        });
        await _provider.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(302, true)]
    [InlineData(401, true)]
    [InlineData(404, true)]
    [InlineData(429, true)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    public async Task Any_answer_under_500_is_good(int status, bool good)
    {
        _answer = http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        };

        var result = await AskAsync(Target());

        Assert.Equal(new ProbeResult(good, $"status {status}", _clock.GetUtcNow()), result);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(299, true)]
    [InlineData(401, true)]
    [InlineData(404, false)]
    public async Task Where_the_good_statuses_are_named_all_others_are_bad(int status, bool good)
    {
        _answer = http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        var target = Target();

        var result = await AskAsync(target with { Health = target.Health with { Statuses = "200-299,401" } });

        Assert.Equal(good, result.Good);
    }

    [Fact]
    public async Task No_answer_in_time_is_bad()
    {
        _answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);

        var asking = AskAsync(Target());
        await _asked.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        _clock.Advance(new ProviderHealthConfiguration().Timeout);
        var result = await asking;

        Assert.False(result.Good);
        Assert.Equal("timeout", result.Outcome);
    }

    [Fact]
    public async Task Nobody_there_is_bad()
    {
        var target = Target();
        await _provider.StopAsync(TestContext.Current.CancellationToken);

        var result = await AskAsync(target);

        Assert.False(result.Good);
        Assert.Equal("no answer: ConnectionError", result.Outcome);
    }

    [Theory]
    [InlineData(ProviderKind.OpenAi, "Authorization", "Bearer " + Files.Credential)]
    [InlineData(ProviderKind.OpenAiCompatible, "Authorization", "Bearer " + Files.Credential)]
    [InlineData(ProviderKind.Anthropic, "x-api-key", Files.Credential)]
    [InlineData(ProviderKind.AzureOpenAi, "api-key", Files.Credential)]
    [InlineData(ProviderKind.Gemini, "x-goog-api-key", Files.Credential)]
    public async Task The_path_is_asked_below_the_base_address_with_the_credential_as_the_kind_wants_it(
        ProviderKind kind, string header, string value)
    {
        string? seenPath = null, seenValue = null;
        _answer = http =>
        {
            (seenPath, seenValue) = (http.Request.Path, http.Request.Headers[header]);
            return Task.CompletedTask;
        };

        await AskAsync(Target() with { Kind = kind });

        Assert.Equal("/v1/models", seenPath);
        Assert.Equal(value, seenValue);
    }

    [Theory]
    [InlineData(ProviderKind.Vertex)]
    [InlineData(ProviderKind.Bedrock)]
    public async Task A_credential_that_only_signs_is_never_sent(ProviderKind kind)
    {
        string? seen = null;
        _answer = http =>
        {
            seen = string.Join('\n', http.Request.Headers.Select(header => header.ToString()));
            return Task.CompletedTask;
        };

        var result = await AskAsync(Target() with { Kind = kind });

        Assert.True(result.Good);
        Assert.DoesNotContain(Files.Credential, seen, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", seen, StringComparison.OrdinalIgnoreCase);
    }

    private ProbeTarget Target() => ProbeTarget
        .Of(Files.Of(Files.Probed("p", new Uri(new Uri(_provider.Urls.Single()), "v1/"))))
        .Single();

    private Task<ProbeResult> AskAsync(ProbeTarget target) =>
        _services.GetRequiredService<ProviderProbe>().AskAsync(target, TestContext.Current.CancellationToken);
}
