using System.Text.Json;
using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Routing;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Health;
using LlmPlatform.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Router.Tests.Health;

public sealed class PromiseWatchTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new();
    private RouterReplica _router = null!;
    private long _sequence;

    private static PlatformConfiguration File => Files.Of(
        Files.Provider("a") with
        {
            Slo = new ProviderSloConfiguration
            {
                P95 = TimeSpan.FromSeconds(3),
                Errors = 2,
                RecoverAfter = TimeSpan.FromMinutes(2),
            },
        },
        Files.Provider("b"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private PromiseWatch Watch => _router.Services.GetRequiredService<PromiseWatch>();

    public async ValueTask InitializeAsync() => _router = RouterReplica.Build(
        await RouterReplica.CreateDatabaseAsync(), new ChangingConfiguration(File), _clock);

    public ValueTask DisposeAsync() => _router.DisposeAsync();

    [Fact]
    public async Task What_breaks_its_promise_is_demoted_said_once_and_taken_back_when_it_was_good_for_a_while()
    {
        await Watch.JudgeAsync(File, Cancel);
        await ShowAsync(calls: 100, slow: 4, failed: 2);
        Assert.False(await IsDemotedAsync());

        await ShowAsync(calls: 40, slow: 8, failed: 0);
        Assert.True(await IsDemotedAsync());
        await ShowAsync(calls: 40, slow: 40, failed: 0);
        Assert.True(await IsDemotedAsync());

        _clock.Advance(TimeSpan.FromMinutes(1.9));
        Assert.True(await IsDemotedAsync());
        _clock.Advance(TimeSpan.FromMinutes(0.2));
        Assert.False(await IsDemotedAsync());
        Assert.False(await IsDemotedAsync());

        var rows = await _router.OutboxAsync();
        var demoted = Assert.Single(rows, row => row.Type == typeof(DeploymentDemoted).FullName);
        var restored = Assert.Single(rows, row => row.Type == typeof(DeploymentRestored).FullName);
        Assert.Equal(DemotedAtIn(demoted.Body), DemotedAtIn(restored.Body));
        Assert.Contains("took over 3s to begin", restored.Body, StringComparison.Ordinal);
        var said = rows
            .Where(row => row.Type == typeof(AdminChangeRecorded).FullName)
            .Select(row => row.Body)
            .Where(body => body.Contains("\"deployment.", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(2, said.Count);
        Assert.Contains("deployment.demoted", said[0], StringComparison.Ordinal);
        Assert.Contains("deployment.restored", said[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_failures_demote_and_a_batch_counts_once_however_often_it_arrives()
    {
        await Watch.JudgeAsync(File, Cancel);
        var batch = Batch(calls: 19, slow: 0, failed: 19);
        var performance = _router.Services.GetRequiredService<DeploymentPerformance>();
        performance.Count(batch);
        performance.Count(batch);
        Assert.False(await IsDemotedAsync());

        await ShowAsync(calls: 1, slow: 0, failed: 0);
        Assert.True(await IsDemotedAsync());
    }

    private static string? DemotedAtIn(string body)
    {
        using var message = JsonDocument.Parse(body);
        return message.RootElement.EnumerateObject()
            .Single(member => member.NameEquals("demotedAt") || member.NameEquals("DemotedAt")).Value.GetString();
    }

    private async Task<bool> IsDemotedAsync()
    {
        await Watch.JudgeAsync(File, Cancel);
        await _router.Publisher.PublishIfChangedAsync(Cancel);
        var newest = await _router.Shelf.RefreshAsync(Cancel);
        Assert.False(newest!.Models.Single(model => model.Name == "model-b").Deployments[0].Demoted);
        return newest.Models.Single(model => model.Name == "model-a").Deployments[0].Demoted;
    }

    private Task ShowAsync(int calls, int slow, int failed)
    {
        _router.Services.GetRequiredService<DeploymentPerformance>().Count(Batch(calls, slow, failed));
        return Task.CompletedTask;
    }

    private RequestCompletedBatch Batch(int calls, int slow, int failed) => new()
    {
        EdgeId = Guid.Empty,
        Epoch = 1,
        FirstSequence = ++_sequence,
        Events = [.. Enumerable.Range(0, calls).Select(call => Request(call < failed, call < failed + slow))],
    };

    private RequestCompleted Request(bool failed, bool slow) => new()
    {
        EventId = Guid.Empty,
        RequestId = Guid.Empty,
        OccurredAt = _clock.GetUtcNow(),
        Duration = TimeSpan.FromSeconds(10),
        TimeToFirstToken = slow ? TimeSpan.FromSeconds(4) : TimeSpan.FromSeconds(1),
        IsStream = true,
        Route = "/v1/chat/completions",
        Status = 200,
        Attempts =
        [
            new AttemptSummary
            {
                Attempt = 1,
                Provider = "a",
                ProviderModel = "upstream",
                Outcome = failed ? "http_503" : "completed",
                Status = failed ? 503 : null,
                Duration = TimeSpan.FromSeconds(10),
            },
        ],
    };
}
