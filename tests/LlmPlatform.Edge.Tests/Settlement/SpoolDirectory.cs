using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Settlement;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Edge.Tests.Settlement;

/// <summary>A spool's directory in the system's temporary one, gone when the test is over.</summary>
internal sealed class SpoolDirectory : IDisposable
{
    private const string Memory = "/dev/shm";

    private readonly Meter _meter = new("LlmPlatform.Edge.Tests");

    /// <param name="inMemory">On a file system in memory, where there is one: for hundreds of openings that prove no
    /// flush.</param>
    public SpoolDirectory(bool inMemory = false)
    {
        var parent = inMemory && Directory.Exists(Memory) ? Memory : System.IO.Path.GetTempPath();
        Path = System.IO.Path.Combine(parent, "spool-test-" + System.IO.Path.GetRandomFileName());
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public string Money => System.IO.Path.Combine(Path, "money");

    public UsageSpool Open(SpoolOptions? options = null, TimeProvider? clock = null) =>
        UsageSpool.Open(
            Path, options ?? new SpoolOptions(), clock ?? TimeProvider.System, _meter, NullLogger<UsageSpool>.Instance);

    /// <summary>What a crash now would leave: files as the page cache has them, cursors as they are on disk.</summary>
    public SpoolDirectory Copy(bool inMemory = false)
    {
        var copy = new SpoolDirectory(inMemory);
        var files = Directory.GetFiles(Path, "*", SearchOption.AllDirectories);
        foreach (var file in files.Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
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
        SpoolLane lane, SpoolRecordType type, JsonTypeInfo<T> shape)
    {
        // What is appended is flushed within milliseconds; readers see no more than that.
        Assert.True(SpinWait.SpinUntil(() => lane.Durable == lane.Appended, TimeSpan.FromSeconds(60)));
        return Known<T>.Of(lane).ReadOn(lane, type, shape);
    }

    /// <summary>
    /// What was read of a lane before. Lanes only grow: the edge that all tests share has thousands of records at the
    /// end, which each look would else read anew.
    /// </summary>
    private sealed class Known<T>
    {
        private static readonly ConditionalWeakTable<SpoolLane, Known<T>> _lanes = [];

        private readonly Lock _gate = new();
        private readonly List<(SpoolIdentity, long, T)> _events = [];
        private SpoolCursorState _reached = new(0);

        public static Known<T> Of(SpoolLane lane) => _lanes.GetOrCreateValue(lane);

        public List<(SpoolIdentity Edge, long Sequence, T Event)> ReadOn(
            SpoolLane lane, SpoolRecordType type, JsonTypeInfo<T> shape)
        {
            lock (_gate)
            {
                using var reader = new SpoolReader(lane, type, _reached);
                while (reader.TryRead(out var entry))
                {
                    _events.Add(
                        (entry.Edge, entry.Sequence, JsonSerializer.Deserialize(entry.Payload.Span, shape)!));
                }

                _reached = reader.Reached;
                return [.. _events];
            }
        }
    }
}
