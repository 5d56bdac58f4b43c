using System.Diagnostics.Metrics;

namespace LlmPlatform.Hosting.Redis;

/// <summary>The meter <c>LlmPlatform.Redis</c>.</summary>
internal sealed class RedisMetrics : IDisposable
{
    internal const string MeterName = "LlmPlatform.Redis";

    private readonly Meter _meter;
    private readonly Counter<long> _commands;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _reconnects;

    internal RedisMetrics(Func<int> connected, Func<int> pending)
    {
        _meter = new Meter(MeterName);
        _commands = _meter.CreateCounter<long>("redis_commands_total", description: "Commands handed to the client.");
        _failures = _meter.CreateCounter<long>("redis_failures_total", description: "Commands without a good reply, by reason.");
        _reconnects = _meter.CreateCounter<long>("redis_reconnects_total", description: "Connections made anew after a loss.");
        _meter.CreateObservableGauge("redis_connections", connected, description: "Connections that are up.");
        _meter.CreateObservableGauge("redis_pending_commands", pending, description: "Commands in flight.");
    }

    internal void Commanded() => _commands.Add(1);

    internal void Reconnected() => _reconnects.Add(1);

    internal void Refused() => Failed("server_error", 1);

    internal void Failed(RedisUnavailableReason reason, int count = 1) => Failed(
        reason switch
        {
            RedisUnavailableReason.NotConnected => "not_connected",
            RedisUnavailableReason.ConnectionLost => "connection_lost",
            RedisUnavailableReason.TimedOut => "timed_out",
            _ => "overloaded",
        },
        count);

    public void Dispose() => _meter.Dispose();

    private void Failed(string reason, int count)
    {
        if (count > 0)
            _failures.Add(count, new KeyValuePair<string, object?>("reason", reason));
    }
}
