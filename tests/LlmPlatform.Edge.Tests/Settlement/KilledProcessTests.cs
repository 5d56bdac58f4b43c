using System.Diagnostics;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Money;

namespace LlmPlatform.Edge.Tests.Settlement;

/// <summary>
/// The same test assembly as another process, which writes and says what was acknowledged until it is killed.
/// </summary>
public sealed class KilledProcessTests
{
    private const string DirectoryVariable = "LLM_PLATFORM_TEST_SPOOL";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_process_loses_nothing_that_was_acknowledged()
    {
        using var directory = new SpoolDirectory();
        var acknowledged = new List<(string Kind, Guid Request)>();
        using (var child = StartWriter(directory.Path))
        {
            while (acknowledged.Count < 3000 && await child.StandardOutput.ReadLineAsync(Cancellation) is { } line)
            {
                Note(acknowledged, line);
            }

            var refusal = Assert.Throws<InvalidOperationException>(() => directory.Open());
            Assert.Contains(directory.Path, refusal.Message, StringComparison.Ordinal);
            child.Kill();
            while (await child.StandardOutput.ReadLineAsync(Cancellation) is { } line)
            {
                Note(acknowledged, line);
            }

            await child.WaitForExitAsync(Cancellation);
        }

        Assert.True(acknowledged.Count >= 3000, $"The writer acknowledged {acknowledged.Count}.");
        using var spool = directory.Open();
        var usage = SpoolDirectory.UsageIn(spool);
        Assert.Equal(Enumerable.Range(1, usage.Count).Select(x => (long)x), usage.Select(x => x.Sequence));
        var byRequest = usage.ToDictionary(x => x.Usage.RequestId, x => x.Usage);
        Assert.All(acknowledged.Where(x => x.Kind == "usage"), x => Assert.Equal(2, byRequest[x.Request].EventVersion));
        Assert.All(acknowledged, x => Assert.Equal(EventIdentity.Usage(x.Request, 1, 0), byRequest[x.Request].EventId));
        Assert.Contains(usage, x => x.Usage.UsageSource == UsageSources.RecoveredEstimate);
    }

    [Fact(Explicit = true)]
    public async Task Writes_until_it_is_killed()
    {
        var path = Environment.GetEnvironmentVariable(DirectoryVariable);
        Assert.NotNull(path);
        using var meter = new System.Diagnostics.Metrics.Meter("LlmPlatform.Edge.Tests");
        using var spool = UsageSpool.Open(
            path,
            new SpoolOptions { Durability = SpoolDurability.Os, SegmentBytes = 1 << 18 },
            TimeProvider.System,
            meter,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<UsageSpool>.Instance);

        // The runner has standard output for itself.
        await using var output = new StreamWriter("/dev/fd/3") { AutoFlush = true };
        var stale = Recorded.NewRequest();
        spool.RecordIntent(Recorded.Intent(stale));
        while (!Cancellation.IsCancellationRequested)
        {
            var request = Recorded.NewRequest();
            spool.RecordIntent(Recorded.Intent(request));
            await output.WriteLineAsync($"intent {request}");
            await spool.RecordUsageAsync(Recorded.Usage(request));
            await output.WriteLineAsync($"usage {request}");
        }
    }

    private static void Note(List<(string Kind, Guid Request)> acknowledged, string line)
    {
        // A kill can cut the last line.
        if (line.Split(' ') is [var kind, { Length: 36 } request])
        {
            acknowledged.Add((kind, Guid.Parse(request)));
        }
    }

    private static Process StartWriter(string directory)
    {
        var assembly = typeof(KilledProcessTests).Assembly.Location;
        var method = $"{typeof(KilledProcessTests).FullName}.{nameof(Writes_until_it_is_killed)}";
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "-c",
                "exec 3>&1 1>/dev/null 2>&1; exec dotnet exec \"$1\" -explicit only -method \"$2\"",
                "sh",
                assembly,
                method,
            },
        };
        start.Environment[DirectoryVariable] = directory;
        return Process.Start(start)!;
    }
}
