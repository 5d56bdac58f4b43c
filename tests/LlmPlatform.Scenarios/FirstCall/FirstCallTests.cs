using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.TestKit;

namespace LlmPlatform.Scenarios.FirstCall;

/// <summary>What a newcomer sees first: the shipped configuration, one streamed call, and where it shows.</summary>
public sealed class FirstCallTests
{
    // A machine that is busy with other things may delay one call; it does not delay every one.
    private const int Tries = 10;

    private static readonly TimeSpan _promised = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public async Task A_call_to_the_shipped_configuration_streams_and_is_on_the_bill_and_in_the_audit_trail(
        PlatformMode mode)
    {
        var key = $"sk-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}";
        await using var platform = await StartShippedAsync(mode, key);
        var admin = new AdminApi(platform);
        var trail = (await admin.GetAsync("audit/verify", Now)).GetProperty("count").GetInt64();

        var calls = new List<ChatResult>();
        var waits = new List<TimeSpan>();
        while (calls.Count < Tries && !waits.Exists(wait => wait < _promised))
        {
            calls.Add(await StreamAsync(platform, key));
            waits.Add(await UntilReportedAsync(admin, calls));
        }

        Assert.Contains(waits, wait => wait < _promised);
        await AssertReportedAsync(admin, calls);
        await AssertBilledAsync(admin, calls);
        await AssertAuditedAsync(admin, calls[0], trail);
    }

    private static async Task<ChatResult> StreamAsync(PlatformUnderTest platform, string key)
    {
        var pieces = 0;
        var call = await new ChatCaller(key).StreamAsync(
            platform.Edges[0], "sim-small", onText: () => pieces++, cancellationToken: Now);
        Assert.True(call.Succeeded, call.ToString());
        Assert.True(pieces > 5, $"it came in {pieces} pieces");
        return call;
    }

    private static async Task<PlatformUnderTest> StartShippedAsync(PlatformMode mode, string key)
    {
        var folder = Path.Combine(RepositoryFiles.Root, "config");
        var configuration = await File.ReadAllTextAsync(Path.Combine(folder, "platform.yaml"), Now);
        var neighbours = new Dictionary<string, string>
        {
            ["prices.yaml"] = await File.ReadAllTextAsync(Path.Combine(folder, "prices.yaml"), Now),
        };
        var variables = new Dictionary<string, string> { ["LLM_PLATFORM_DEMO_KEY"] = key };
        return await PlatformUnderTest.StartAsync(
            mode, await PlatformServers.SharedAsync(), configuration, variables, neighbours);
    }

    /// <summary>How long after its end the usage report shows the last of these calls.</summary>
    private static async Task<TimeSpan> UntilReportedAsync(AdminApi admin, List<ChatResult> calls)
    {
        var waited = Stopwatch.StartNew();
        await Eventually.UntilAsync(
            () => admin.GetAsync("usage?group_by=tenant,model", Now),
            report => report.GetProperty("items").EnumerateArray()
                .Sum(row => row.GetProperty("requests").GetInt64()) == calls.Count,
            _deadline, "the usage report shows the call", Now);
        return waited.Elapsed;
    }

    private static async Task AssertReportedAsync(AdminApi admin, List<ChatResult> calls)
    {
        var report = await admin.GetAsync("usage?group_by=tenant,model", Now);
        var row = Assert.Single(report.GetProperty("items").EnumerateArray());
        Assert.Equal("demo", row.GetProperty("tenant").GetString());
        Assert.Equal("sim-small", row.GetProperty("model").GetString());
        Assert.Equal(Tokens(calls, "prompt_tokens"), row.GetProperty("input_tokens").GetInt64());
        Assert.Equal(Tokens(calls, "completion_tokens"), row.GetProperty("output_tokens").GetInt64());
        Assert.True(row.GetProperty("cost_usd").GetDecimal() > 0, "it has a cost");
        Assert.Equal(0, row.GetProperty("unpriced").GetInt64());
    }

    private static async Task AssertBilledAsync(AdminApi admin, List<ChatResult> calls)
    {
        var month = TimeProvider.System.GetUtcNow().ToString("yyyy-MM", CultureInfo.InvariantCulture);
        var report = await admin.GetAsync("usage?group_by=tenant", Now);
        var cost = report.GetProperty("total").GetProperty("cost_usd").GetDecimal();
        var bills = await admin.GetAsync($"bills?period={month}", Now);
        var summary = Assert.Single(bills.GetProperty("items").EnumerateArray());
        var id = summary.GetProperty("id").GetString()!;

        var bill = await admin.GetAsync($"bills/{id}", Now);
        var lines = bill.GetProperty("lines").EnumerateArray().ToList();
        Assert.Equal(cost, bill.GetProperty("total_usd").GetDecimal());
        Assert.Equal(cost, lines.Sum(line => line.GetProperty("amount_usd").GetDecimal()));
        Assert.Equal(
            Tokens(calls, "total_tokens"), lines.Sum(line => line.GetProperty("quantity").GetInt64()));

        var csv = await admin.GetTextAsync($"bills/{id}.csv", Now);
        Assert.Equal(lines.Count, csv.Split('\n').Count(line => line.Contains("sim-small", StringComparison.Ordinal)));
    }

    private static async Task AssertAuditedAsync(AdminApi admin, ChatResult call, long before)
    {
        var record = await Eventually.UntilAsync(
            () => admin.GetAsync($"audit/{call.RequestId}", Now),
            record => record.GetProperty("status").GetInt32() == (int)HttpStatusCode.OK,
            _deadline, "the audit trail has the call", Now);
        Assert.Equal("demo", record.GetProperty("tenant").GetString());
        var verified = await admin.GetAsync("audit/verify", Now);
        Assert.True(verified.GetProperty("ok").GetBoolean(), verified.ToString());
        Assert.True(verified.GetProperty("count").GetInt64() > before, "the chain counts the call");
    }

    private static long Tokens(List<ChatResult> calls, string name) =>
        calls.Sum(call => call.Usage!.Value.GetProperty(name).GetInt64());
}
