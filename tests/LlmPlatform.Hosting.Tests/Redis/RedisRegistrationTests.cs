using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using LlmPlatform.Hosting.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace LlmPlatform.Hosting.Tests.Redis;

public sealed class RedisRegistrationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_started_host_is_connected_and_its_health_tells_the_truth()
    {
        await using var server = await RedisServer.StartAsync();
        using var host = Build(server.Address);
        await host.StartAsync(Token);

        var redis = host.Services.GetRequiredService<RedisClient>();
        await RedisServer.UntilConnectedAsync(redis);
        await redis.PingAsync(Token);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(host));

        await server.KillAsync();
        await RedisServer.UntilAsync(
            async () => await HealthAsync(host) == HealthStatus.Unhealthy, "health reports the loss");
        await server.RestartAsync();
        await RedisServer.UntilAsync(
            async () => await HealthAsync(host) == HealthStatus.Healthy, "health reports the return");

        await host.StopAsync(Token);
    }

    [Fact]
    public async Task A_host_starts_without_redis_and_is_unhealthy()
    {
        await using var server = await RedisServer.StartAsync();
        await server.KillAsync();
        using var host = Build(server.Address);

        await host.StartAsync(Token);

        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task Modules_of_one_process_share_the_client_and_may_not_name_two_servers()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddRedis("127.0.0.1:1,password=hunter2").AddRedis("127.0.0.1:1,password=hunter2");

        await using var provider = services.BuildServiceProvider();

        Assert.Single(provider.GetServices<RedisClient>());
        var refused = Assert.Throws<InvalidOperationException>(() => services.AddRedis("127.0.0.1:2"));
        Assert.DoesNotContain("hunter2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_connection_string_or_limit_is_refused_before_anything_starts()
    {
        Assert.Throws<FormatException>(() => new ServiceCollection().AddRedis("host:port"));
        Assert.Throws<ValidationException>(() => new ServiceCollection().AddRedis(
            new RedisOptions { ConnectionString = "host:1", PendingCommandsMax = 0 }));
    }

    [Fact]
    public async Task Commands_failures_and_reconnects_are_counted()
    {
        await using var server = await RedisServer.StartAsync();
        using var host = Build(server.Address);
        var meters = host.Services.GetRequiredService<IMeterFactory>();
        var counted = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "LlmPlatform.Redis" && ReferenceEquals(instrument.Meter.Scope, meters))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            lock (counted)
            {
                var reason = tags.Length > 0 ? $"/{tags[0].Value}" : "";
                counted[instrument.Name + reason] = counted.GetValueOrDefault(instrument.Name + reason) + value;
            }
        });
        listener.Start();

        await host.StartAsync(Token);
        var redis = host.Services.GetRequiredService<RedisClient>();
        await Assert.ThrowsAsync<RedisServerException>(async () => await redis.ExecuteAsync("NOSUCH", [], Token));
        await server.KillAsync();
        await RedisServer.UntilAsync(() => Task.FromResult(!redis.IsConnected), "the loss is noticed");
        await Assert.ThrowsAsync<RedisUnavailableException>(async () => await redis.PingAsync(Token));
        await server.RestartAsync();
        await RedisServer.UntilConnectedAsync(redis);

        lock (counted)
        {
            Assert.Equal(2, counted["redis_commands_total"]);
            Assert.Equal(1, counted["redis_failures_total/server_error"]);
            Assert.Equal(1, counted["redis_failures_total/not_connected"]);
            Assert.Equal(1, counted["redis_reconnects_total"]);
        }
        await host.StopAsync(Token);
    }

    private static IHost Build(string connectionString)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddMetrics();
        builder.Services.AddRedis(new RedisOptions
        {
            ConnectionString = connectionString,
            CommandTimeout = RedisServer.Patience,
        });
        return builder.Build();
    }

    private static async Task<HealthStatus> HealthAsync(IHost host)
    {
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
        return report.Entries["redis"].Status;
    }
}
