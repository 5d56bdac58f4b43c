using System.Text.Json;
using LlmPlatform.Contracts.Operations;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Router.Health;
using LlmPlatform.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Router.Tests.Health;

public sealed class ConditionAnnouncerTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new();
    private RouterReplica _router = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ConditionAnnouncer Announcer => _router.Services.GetRequiredService<ConditionAnnouncer>();

    public async ValueTask InitializeAsync() => _router = RouterReplica.Build(
        await RouterReplica.CreateDatabaseAsync(),
        new ChangingConfiguration(Files.Of(Files.Provider("a"))),
        _clock);

    public ValueTask DisposeAsync() => _router.DisposeAsync();

    [Fact]
    public async Task A_provider_that_is_down_is_told_of_every_minute_until_it_is_up()
    {
        await Announcer.SayAsync(Cancel);
        await ProbeAsync(good: false, times: 3);
        await SayAsync(4, TimeSpan.FromSeconds(30));
        await ProbeAsync(good: true, times: 2);
        await SayAsync(2, TimeSpan.FromSeconds(30));

        Assert.Equal(
            [("a", true), ("a", true), ("a", false)],
            (await SaidAsync("provider.down")).Select(seen => (seen.Subject, seen.Holds)));
    }

    [Fact]
    public async Task A_model_that_lives_by_its_fallbacks_is_told_of_until_half_as_many_are_left()
    {
        var rates = _router.Services.GetRequiredService<FallbackRates>();
        rates.Count(Batch(calls: 19, fallbacks: 19));
        await Announcer.SayAsync(Cancel);
        Assert.Empty(await SaidAsync("fallback.rate"));

        rates.Count(Batch(calls: 57, fallbacks: 0));
        await Announcer.SayAsync(Cancel);
        rates.Count(Batch(calls: 50, fallbacks: 0));
        await Announcer.SayAsync(Cancel);
        Assert.Equal(0.25m, Assert.Single(await SaidAsync("fallback.rate")).Value);

        rates.Count(Batch(calls: 100, fallbacks: 0));
        await Announcer.SayAsync(Cancel);
        var said = await SaidAsync("fallback.rate");
        Assert.Equal([("model-a", true), ("model-a", false)], said.Select(seen => (seen.Subject, seen.Holds)));
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Empty(rates.Read());
    }

    private async Task SayAsync(int times, TimeSpan every)
    {
        for (var i = 0; i < times; i++)
        {
            await Announcer.SayAsync(Cancel);
            _clock.Advance(every);
        }
    }

    private async Task ProbeAsync(bool good, int times)
    {
        var book = _router.Services.GetRequiredService<ProviderHealthBook>();
        var target = ProbeTarget.Of(Files.Of(Files.Probed("a", new Uri("http://127.0.0.1:9/v1")))).Single();
        for (var i = 0; i < times; i++)
            await book.CountAsync(target, new ProbeResult(good, good ? "status 200" : "timeout", _clock.GetUtcNow()),
                Cancel);
    }

    private async Task<List<ConditionObserved>> SaidAsync(string condition) => (await _router.OutboxAsync())
        .Where(row => row.Type == typeof(ConditionObserved).FullName)
        .Select(row => JsonSerializer.Deserialize<ConditionObserved>(row.Body, JsonSerializerOptions.Web)!)
        .Where(seen => seen.Condition == condition)
        .ToList();

    private RequestCompletedBatch Batch(int calls, int fallbacks) => new()
    {
        EdgeId = Guid.Empty,
        Epoch = 1,
        FirstSequence = 1,
        Events =
        [
            .. Enumerable.Range(0, calls).Select(call => new RequestCompleted
            {
                EventId = Guid.Empty,
                RequestId = Guid.Empty,
                OccurredAt = _clock.GetUtcNow(),
                Duration = TimeSpan.FromSeconds(1),
                Route = "/v1/chat/completions",
                ModelRequested = "model-a",
                Model = call < fallbacks ? "model-b" : "model-a",
                Status = 200,
                FallbackReason = call < fallbacks ? "http_503" : null,
            }),
        ],
    };
}
