using System.Text.Json;
using LlmPlatform.TestKit;

namespace LlmPlatform.Billing.Tests.Bills;

/// <summary>A month taken through its steps, by ann and bo.</summary>
internal static class Closing
{
    public static readonly DateTimeOffset AfterNovember = new(2026, 12, 10, 0, 0, 0, TimeSpan.Zero);

    public static ManualTimeProvider Clock(DateTimeOffset? now = null) => new(now ?? AfterNovember);

    public static async Task<JsonElement> CloseAsync(this BillingReplica billing, string period = "2026-11") =>
        await billing.SendAsync("/admin/v1/bills/close", new { period }, "ann");

    public static async Task<JsonElement> WaiveAllAsync(this BillingReplica billing, string id)
    {
        var bill = await billing.GetAsync($"/admin/v1/bills/{id}");
        foreach (var gate in bill.GetProperty("gates").EnumerateArray()
            .Where(gate => !gate.GetProperty("passed").GetBoolean()))
        {
            var name = gate.GetProperty("name").GetString();
            bill = await billing.SendAsync(
                $"/admin/v1/bills/{id}/waive", new { gate = name, reason = "looked at" }, "ann");
        }

        return bill;
    }

    /// <summary>Closes, waives what stands in the way, approves and issues every bill of a month.</summary>
    public static async Task<IReadOnlyList<JsonElement>> IssueAsync(
        this BillingReplica billing, string period = "2026-11")
    {
        foreach (var bill in (await billing.CloseAsync(period)).GetProperty("items").EnumerateArray())
            await billing.WaiveAllAsync(bill.GetProperty("id").GetString()!);
        await billing.SendAsync("/admin/v1/bills/approve", new { period }, "bo");
        var issued = await billing.SendAsync("/admin/v1/bills/issue", new { period }, "bo");
        Assert.Empty(issued.GetProperty("refused").EnumerateArray());
        return [.. issued.GetProperty("items").EnumerateArray()];
    }

    /// <summary>Proposed by ann, approved by bo.</summary>
    public static async Task AgreeAsync(this BillingReplica billing, string path, object body)
    {
        var proposal = await billing.SendAsync(path, body, "ann");
        await billing.SendAsync($"/admin/v1/proposals/{proposal.GetProperty("id").GetString()}/approve", null, "bo");
    }
}
