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

        var pieces = 0;
        var call = await new ChatCaller(key).StreamAsync(
            platform.Edges[0], "sim-small", onText: () => pieces++, cancellationToken: Now);

        Assert.True(call.Succeeded, call.ToString());
        Assert.True(pieces > 5, $"it came in {pieces} pieces");
        await AssertReportedAsync(admin, call);
        await AssertBilledAsync(admin, call);
        await AssertAuditedAsync(admin, call, trail);
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

    private static async Task AssertReportedAsync(AdminApi admin, ChatResult call)
    {
        var report = await Eventually.UntilAsync(
            () => admin.GetAsync("usage?group_by=tenant,model", Now),
            report => report.GetProperty("items").GetArrayLength() > 0,
            TimeSpan.FromSeconds(2), "the usage report shows the call", Now);
        var row = Assert.Single(report.GetProperty("items").EnumerateArray());
        Assert.Equal("demo", row.GetProperty("tenant").GetString());
        Assert.Equal("sim-small", row.GetProperty("model").GetString());
        Assert.Equal(Tokens(call, "prompt_tokens"), row.GetProperty("input_tokens").GetInt64());
        Assert.Equal(Tokens(call, "completion_tokens"), row.GetProperty("output_tokens").GetInt64());
        Assert.True(row.GetProperty("cost_usd").GetDecimal() > 0, "it has a cost");
        Assert.Equal(0, row.GetProperty("unpriced").GetInt64());
    }

    private static async Task AssertBilledAsync(AdminApi admin, ChatResult call)
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
            Tokens(call, "total_tokens"), lines.Sum(line => line.GetProperty("quantity").GetInt64()));

        var csv = await admin.GetTextAsync($"bills/{id}.csv", Now);
        Assert.Equal(lines.Count, csv.Split('\n').Count(line => line.Contains("sim-small", StringComparison.Ordinal)));
    }

    private static async Task AssertAuditedAsync(AdminApi admin, ChatResult call, long before)
    {
        var record = await Eventually.UntilAsync(
            () => admin.GetAsync($"audit/{call.RequestId}", Now),
            record => record.GetProperty("status").GetInt32() == (int)HttpStatusCode.OK,
            TimeSpan.FromSeconds(5), "the audit trail has the call", Now);
        Assert.Equal("demo", record.GetProperty("tenant").GetString());
        var verified = await admin.GetAsync("audit/verify", Now);
        Assert.True(verified.GetProperty("ok").GetBoolean(), verified.ToString());
        Assert.True(verified.GetProperty("count").GetInt64() > before, "the chain counts the call");
    }

    private static long Tokens(ChatResult call, string name) => call.Usage!.Value.GetProperty(name).GetInt64();
}
