using System.Diagnostics.Metrics;
using System.Text.Json;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Settlement;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Edge.Tests.Settlement;

/// <summary>A spool's directory in the system's temporary one, gone when the test is over.</summary>
internal sealed class SpoolDirectory : IDisposable
{
    private readonly Meter _meter = new("LlmPlatform.Edge.Tests");

    public string Path { get; } = Directory.CreateTempSubdirectory("spool-test-").FullName;

    public string Money => System.IO.Path.Combine(Path, "money");

    public UsageSpool Open(SpoolOptions? options = null, TimeProvider? clock = null) =>
        UsageSpool.Open(Path, options ?? new SpoolOptions(), clock ?? TimeProvider.System, _meter, NullLogger<UsageSpool>.Instance);

    /// <summary>What a crash now would leave: files as the page cache has them, cursors as they are on disk.</summary>
    public SpoolDirectory Copy()
    {
        var copy = new SpoolDirectory();
        foreach (var file in Directory.GetFiles(Path, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            var target = System.IO.Path.Combine(copy.Path, System.IO.Path.GetRelativePath(Path, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    public string LastSegment() => Directory.GetFiles(Money, "*.seg").Order(StringComparer.Ordinal).Last();

    /// <summary>Reads a lane with the product's own reader.</summary>
    public static List<(SpoolIdentity Edge, long Sequence, UsageRecorded Usage)> UsageIn(UsageSpool spool) =>
        Read(spool.Money, SpoolRecordType.Usage, SpoolJson.Default.UsageRecorded);

    public static List<(SpoolIdentity Edge, long Sequence, RequestCompleted Completed)> CompletionsIn(SpoolLane lane) =>
        Read(lane, SpoolRecordType.Completion, SpoolJson.Default.RequestCompleted);

    public void Dispose()
    {
        _meter.Dispose();
        Directory.Delete(Path, recursive: true);
    }

    private static List<(SpoolIdentity Edge, long Sequence, T Event)> Read<T>(
        SpoolLane lane, SpoolRecordType type, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> shape)
    {
        // What is appended is flushed within milliseconds; readers see no more than that.
        Assert.True(SpinWait.SpinUntil(() => lane.Durable == lane.Appended, TimeSpan.FromSeconds(10)));
        using var reader = new SpoolReader(lane, type, new SpoolCursorState(0));
        var events = new List<(SpoolIdentity, long, T)>();
        while (reader.TryRead(out var entry))
        {
            events.Add((entry.Edge, entry.Sequence, JsonSerializer.Deserialize(entry.Payload.Span, shape)!));
        }

        return events;
    }
}
