using LlmPlatform.Hosting.Health;
using LlmPlatform.TestKit;
using MassTransit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Hosting.Tests.Health;

public class ReadinessProbeTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly List<ModuleDependency> _dependencies = [];
    private readonly Module _edge = new("edge", ServesCallers: true);
    private readonly Module _billing = new("billing", ServesCallers: false);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_is_ready_when_nothing_is_missing()
    {
        Needs(_billing, "clickhouse", required: true, () => null);

        var report = await ReportAsync(_billing);

        Assert.Equal("ready", report.Status);
        Assert.Equal(new DependencyState("up", true, null), report.Dependencies["clickhouse"]);
    }

    [Fact]
    public async Task A_required_dependency_makes_the_process_unready_and_an_optional_one_only_degrades_it()
    {
        Needs(_billing, "clickhouse", required: false, () => "no answer");

        Assert.Equal("degraded", (await ReportAsync(_billing)).Status);

        Needs(_billing, "postgres", required: true, () => "no answer");
        var report = await ReportAsync(_billing);
        Assert.Equal("unready", report.Status);
        Assert.Equal(new DependencyState("down", true, "no answer"), report.Dependencies["postgres"]);
    }

    [Fact]
    public async Task Beside_a_module_that_serves_callers_another_module_does_not_make_the_process_unready()
    {
        Needs(_billing, "clickhouse", required: true, () => "no answer");

        var together = await ReportAsync(_edge, _billing);

        Assert.Equal("degraded", together.Status);
        Assert.False(together.Dependencies["clickhouse"].Required);
        Assert.Equal("unready", (await ReportAsync(_billing)).Status);
    }

    [Fact]
    public async Task What_two_modules_need_is_shown_as_the_stricter_of_them_finds_it()
    {
        Needs(_billing, "postgres", required: true, () => "billing cannot");
        Needs(_edge, "postgres", required: true, () => "edge cannot");
        Needs(_edge, "redis", required: false, () => null);
        Needs(_billing, "redis", required: true, () => "billing cannot");

        var report = await ReportAsync(_edge, _billing);

        Assert.Equal("unready", report.Status);
        Assert.Equal(new DependencyState("down", true, "edge cannot"), report.Dependencies["postgres"]);
        Assert.Equal(new DependencyState("down", false, "billing cannot"), report.Dependencies["redis"]);
    }

    [Fact]
    public async Task A_dependency_that_does_not_answer_is_down_after_the_deadline()
    {
        _dependencies.Add(new ModuleDependency(_billing, new DependencyCheck(
            "deaf", true, _ => new ValueTask<string?>(new TaskCompletionSource<string?>().Task))));
        _dependencies.Add(new ModuleDependency(_billing, new DependencyCheck("obedient", true, async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return null;
        })));

        var report = await ReportAsync(_billing).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);

        Assert.Equal("unready", report.Status);
        Assert.Equal("no answer within 2 s", report.Dependencies["deaf"].Detail);
        Assert.Equal("no answer within 2 s", report.Dependencies["obedient"].Detail);
    }

    [Fact]
    public async Task The_text_of_an_exception_is_not_shown()
    {
        Needs(_billing, "postgres", required: true, () => throw new TimeoutException("Host=db;Password=secret"));
        Needs(_billing, "redis", required: true, () => throw new OperationCanceledException("secret"));

        var report = await ReportAsync(_billing);

        Assert.Equal("TimeoutException", report.Dependencies["postgres"].Detail);
        Assert.DoesNotContain("secret", $"{report.Dependencies["redis"]}", StringComparison.Ordinal);
        Assert.Equal("down", report.Dependencies["redis"].Status);
    }

    [Fact]
    public async Task An_answer_is_kept_for_a_second_and_no_longer()
    {
        var asked = 0;
        Needs(_billing, "postgres", required: true, () =>
        {
            asked++;
            return null;
        });
        using var probe = Probe(_billing);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => probe.ReportAsync(Cancellation)));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await probe.ReportAsync(Cancellation);
        Assert.Equal(1, asked);

        _clock.Advance(TimeSpan.FromTicks(1));
        await probe.ReportAsync(Cancellation);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_caller_that_goes_away_spoils_the_answer_for_nobody()
    {
        var gate = new TaskCompletionSource<string?>();
        _dependencies.Add(new ModuleDependency(_billing, new DependencyCheck(
            "postgres", true, token => new ValueTask<string?>(gate.Task.WaitAsync(token)))));
        using var probe = Probe(_billing);
        using var impatient = new CancellationTokenSource();

        var first = probe.ReportAsync(impatient.Token);
        var second = probe.ReportAsync(Cancellation);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult(null);

        Assert.Equal("ready", (await second).Status);
    }

    private void Needs(IServiceModule module, string name, bool required, Func<string?> check) =>
        _dependencies.Add(new ModuleDependency(
            module, new DependencyCheck(name, required, _ => ValueTask.FromResult(check()))));

    private async Task<ReadinessReport> ReportAsync(params IServiceModule[] modules)
    {
        using var probe = Probe(modules);
        return await probe.ReportAsync(Cancellation);
    }

    private ReadinessProbe Probe(params IServiceModule[] modules) =>
        new(modules, _dependencies, _clock, NullLogger<ReadinessProbe>.Instance);

    private sealed record Module(string Name, bool ServesCallers) : IServiceModule
    {
        public ServerKinds Needs => ServerKinds.None;

        public void AddServices(IServiceCollection services, PlatformContext platform)
        {
        }

        public void AddConsumers(IBusRegistrationConfigurator bus)
        {
        }

        public void MapEndpoints(IEndpointRouteBuilder endpoints)
        {
        }

        public Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
