using System.Collections.Concurrent;
using System.Net;
using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit;

namespace LlmPlatform.Scenarios.Routing;

public sealed class CatalogueChangeTests(SharedStages stages)
{
    private const string Changing = "changing";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    public Task No_request_fails_while_the_catalogue_changes_and_every_edge_ends_on_the_last(PlatformMode mode) =>
        ChangeUnderLoadAsync(mode, changes: 60);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public Task No_request_fails_during_a_thousand_changes_of_the_catalogue(PlatformMode mode) =>
        ChangeUnderLoadAsync(mode, changes: 1000);

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    public async Task What_is_explained_of_a_call_is_what_became_of_it(PlatformMode mode)
    {
        var stage = await stages.OfAsync(mode);
        await AddAsync(stage, "models", Model("drawn", "weighted", ("main", 1, 3), ("backup", 1, 1)));
        await AddAsync(stage, "models", Model("second", "weighted", ("main", 2, 1), ("backup", 1, 1)));
        var rule = await AddAsync(
            stage, "routes", new { when = new { model = "old-*", percent = 50 }, use = new { model = "second" } });
        var refusal = await AddAsync(
            stage, "routes", new { when = new { model = "old-*" }, use = new { refuse = "Use another." } });
        string[] asked = ["drawn", "second", "old-one", "backup:drawn", "main/anything", StageConfiguration.Resilient];
        var edge = stage.Platform.Edges[0];
        await Eventually.UntilAsync(
            () => stage.Caller.CompleteAsync(edge, "old-one", cancellationToken: Now),
            call => call.Succeeded || call.ErrorCode == "route_refused",
            TimeSpan.FromMinutes(5),
            "the rules are in force",
            Now);

        for (var call = 0; call < 30; call++)
        {
            var model = asked[call % asked.Length];
            var live = await stage.Caller.CompleteAsync(edge, model, cancellationToken: Now);
            var told = await stage.Admin.PostAsync("routes/explain", new { model, request_id = live.RequestId }, Now);
            var first = told.GetProperty("candidates").EnumerateArray().FirstOrDefault();

            if (told.TryGetProperty("refused", out var refused) && refused.GetString() is { } sentence)
                Assert.Equal(("route_refused", "Use another."), (live.ErrorCode, sentence));
            else
                Assert.Equal(
                    (live.Headers["X-Provider"], live.Headers["X-Model"]),
                    (first.GetProperty("provider").GetString(), first.GetProperty("model").GetString()));
        }

        await Eventually.UntilAsync(
            () => stage.Admin.GetTextAsync("audit?kind=admin_change&limit=200", Now),
            records => records.Contains("model.created", StringComparison.Ordinal),
            TimeSpan.FromMinutes(5),
            "the change is in the audit trail",
            Now);
        foreach (var path in new[] { $"routes/{rule}", $"routes/{refusal}", "models/drawn", "models/second" })
            Assert.Equal(HttpStatusCode.OK, (await stage.Admin.TryAsync(HttpMethod.Delete, path, null, Now)).Status);
    }

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    public async Task What_is_explained_now_is_what_the_edge_does_next(PlatformMode mode)
    {
        var stage = await stages.OfAsync(mode);
        var edge = stage.Platform.Edges[0];
        string[] models = ["turned", "cooled", "broken", "short"];
        foreach (var model in models)
            await AddAsync(stage, "models", Alone(model));
        foreach (var model in models)
            await Eventually.UntilAsync(
                () => stage.Caller.CompleteAsync(edge, model, cancellationToken: Now),
                call => call.Succeeded,
                TimeSpan.FromMinutes(5),
                $"{model} is served",
                Now);
        stage.Provider.RefuseNext(1, 429, TimeSpan.FromMinutes(5), "cooled");
        stage.Provider.RefuseNext(5, 500, model: "broken");
        await Eventually.UntilAsync(
            async () =>
            {
                await stage.Caller.CompleteAsync(edge, "cooled", cancellationToken: Now);
                await stage.Caller.CompleteAsync(edge, "broken", cancellationToken: Now);
                return (await StandingAsync(stage, "cooled"), await StandingAsync(stage, "broken"));
            },
            standing => standing == ("cooling", "open"),
            TimeSpan.FromMinutes(5),
            "the edge knows who is to be left alone, and the router of it",
            Now);

        for (var call = 0; call < 30; call++)
        {
            var model = models[call % models.Length];
            var told = await stage.Admin.PostAsync("routes/explain", new { model, max_output_tokens = 100 }, Now);
            var live = await stage.Caller.CompleteAsync(edge, model, cancellationToken: Now);
            Assert.Equal(
                live.Headers["X-Provider"],
                told.GetProperty("candidates")[0].GetProperty("provider").GetString());
            Assert.Equal(model == "short" ? 1 : 0, told.GetProperty("skipped").GetArrayLength());
        }

        foreach (var model in models)
            await stage.Admin.TryAsync(HttpMethod.Delete, $"models/{model}", null, Now);
    }

    private static async Task<string?> StandingAsync(Stage stage, string model) =>
        (await stage.Admin.PostAsync("routes/explain", new { model }, Now)).GetProperty("candidates")
            .EnumerateArray().Single(place => place.GetProperty("provider").GetString() == "main")
            .GetProperty("standing").GetString();

    // On deployments that no other model has: what the edge learns of them is its own.
    private static object Alone(string name) => new
    {
        name,
        strategy = "round_robin",
        failover = new { retries = 0 },
        deployments = new object[]
        {
            name == "short"
                ? new { provider = "main", model = name, max_output_tokens = 50 }
                : new { provider = "main", model = name },
            new { provider = "backup", model = name },
        },
    };

    private async Task ChangeUnderLoadAsync(PlatformMode mode, int changes)
    {
        var stage = await stages.OfAsync(mode);
        await AddAsync(stage, "models", Model(Changing, "weighted", ("main", 1, 1)));
        foreach (var edge in stage.Platform.Edges)
            await ServedByAsync(stage, edge, "main");

        var failed = new ConcurrentQueue<ChatResult>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var load = stage.Platform.Edges.SelectMany(edge => Enumerable.Range(0, 3).Select(_ => edge))
            .Select(edge => CallUntilAsync(stage, edge, failed, enough.Token))
            .ToList();
        string[] strategies = ["weighted", "round_robin", "least_busy", "lowest_latency", "consistent_hash"];
        for (var change = 1; change <= changes; change++)
        {
            var body = Model(
                Changing, strategies[change % strategies.Length], ("main", 1, change % 100 + 1), ("backup", 1, 1));
            await PutAsync(stage, body);
        }

        await PutAsync(stage, Model(Changing, "weighted", ("backup", 1, 7)));
        foreach (var edge in stage.Platform.Edges)
            await ServedByAsync(stage, edge, "backup");
        await enough.CancelAsync();
        var served = (await Task.WhenAll(load)).Sum();

        Assert.Empty(failed.Select(call => $"{call.Status} {call.ErrorCode} {call.Fault}"));
        Assert.True(served > 0);
        await stage.Admin.TryAsync(HttpMethod.Delete, $"models/{Changing}", null, Now);
    }

    private static Task<ChatResult> ServedByAsync(Stage stage, Uri edge, string provider) => Eventually.UntilAsync(
        () => stage.Caller.CompleteAsync(edge, Changing, cancellationToken: Now),
        call => call.Succeeded && call.Headers["X-Provider"] == provider,
        TimeSpan.FromMinutes(5),
        $"{edge} routes by the last version",
        Now);

    private static async Task<int> CallUntilAsync(
        Stage stage, Uri edge, ConcurrentQueue<ChatResult> failed, CancellationToken enough)
    {
        var calls = 0;
        for (; !enough.IsCancellationRequested; calls++)
        {
            var call = await stage.Caller.CompleteAsync(edge, Changing, cancellationToken: Now);
            if (!call.Succeeded)
                failed.Enqueue(call);
        }

        return calls;
    }

    private static async Task<string> AddAsync(Stage stage, string section, object body)
    {
        var (status, answer) = await stage.Admin.TryAsync(HttpMethod.Post, section, body, Now);
        Assert.True(status == HttpStatusCode.Created, $"{status}: {answer}");
        return answer.GetProperty("name").GetString()!;
    }

    private static async Task PutAsync(Stage stage, object body)
    {
        var (status, answer) = await stage.Admin.TryAsync(HttpMethod.Put, $"models/{Changing}", body, Now);
        Assert.True(status == HttpStatusCode.OK, $"{status}: {answer}");
    }

    private static object Model(
        string name, string strategy, params (string Provider, int Priority, int Weight)[] deployments) => new
        {
            name,
            strategy,
            deployments = deployments.Select(deployment => new
            {
                provider = deployment.Provider,
                model = Changing,
                priority = deployment.Priority,
                weight = deployment.Weight,
            }),
        };
}
