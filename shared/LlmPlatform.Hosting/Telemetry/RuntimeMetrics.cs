using System.Collections.Frozen;

namespace LlmPlatform.Hosting.Telemetry;

/// <summary>
/// The few instruments of .NET's own <c>System.Runtime</c> meter that are worth a scrape, under the names that
/// Prometheus users look for. OTLP carries the whole meter under its own names.
/// </summary>
internal static class RuntimeMetrics
{
    public const string MeterName = "System.Runtime";

    private static readonly FrozenDictionary<string, (string Name, MetricKind Kind)> _exposed =
        new Dictionary<string, (string, MetricKind)>
        {
            ["dotnet.process.cpu.time"] = ("process_cpu_seconds_total", MetricKind.Counter),
            ["dotnet.process.memory.working_set"] = ("process_resident_memory_bytes", MetricKind.UpDownCounter),
            ["dotnet.gc.last_collection.heap.size"] = ("dotnet_gc_heap_size_bytes", MetricKind.UpDownCounter),
            ["dotnet.gc.heap.total_allocated"] = ("dotnet_gc_allocated_bytes_total", MetricKind.Counter),
            ["dotnet.gc.pause.time"] = ("dotnet_gc_pause_seconds_total", MetricKind.Counter),
            ["dotnet.gc.collections"] = ("dotnet_gc_collections_total", MetricKind.Counter),

            // .NET declares these two as counters, though both fall.
            ["dotnet.thread_pool.queue.length"] = ("dotnet_thread_pool_queue_length", MetricKind.UpDownCounter),
            ["dotnet.thread_pool.thread.count"] = ("dotnet_thread_pool_threads", MetricKind.UpDownCounter),
            ["dotnet.exceptions"] = ("dotnet_exceptions_total", MetricKind.Counter),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Gives a runtime instrument its Prometheus name.</summary>
    /// <param name="instrumentName">The name within the meter.</param>
    /// <param name="description">The instrument as it describes itself.</param>
    /// <returns>Null for an instrument that is left out.</returns>
    public static MetricDescription? Rename(string instrumentName, MetricDescription description) =>
        _exposed.TryGetValue(instrumentName, out var exposed)
            ? description with { Name = exposed.Name, Kind = exposed.Kind }
            : null;
}
