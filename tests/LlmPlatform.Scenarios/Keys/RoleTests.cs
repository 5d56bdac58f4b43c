using System.Net;
using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit;

namespace LlmPlatform.Scenarios.Keys;

/// <summary>A key with a role opens, at every service, what its role says.</summary>
public sealed class RoleTests(SharedStages stages)
{
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public async Task Every_service_honours_the_roles(PlatformMode mode)
    {
        var stage = await stages.OfAsync(mode);
        string[] all =
        [
            "tenants", "teams", "users", "keys", "limits", "budgets", "usage/live", "usage", "bills", "prices",
            "proposals", "completeness", "audit", "audit/verify", "channels", "alerts", "deliveries", "providers",
            "models", "routes", "health",
        ];
        string[] money =
        [
            "usage", "usage/live", "bills", "prices", "proposals", "completeness", "budgets", "alerts", "tenants",
            "teams",
        ];
        string[] own =
        [
            "tenants", "teams", "users", "keys", "limits", "budgets", "usage", "usage/live", "bills", "audit", "alerts",
        ];

        await AssertReadsAsync(stage, "admin", all, all);
        await AssertReadsAsync(stage, "auditor", all, all);
        await AssertReadsAsync(stage, "finance", all, money);
        await AssertReadsAsync(stage, "tenant_admin", all, own);
        await AssertReadsAsync(stage, "user", all, []);
    }

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public async Task An_administrator_of_a_tenant_meets_no_other_tenant_anywhere(PlatformMode mode)
    {
        var stage = await stages.OfAsync(mode);
        var tenant = $"own-{Path.GetRandomFileName()}";
        await stage.Admin.PostAsync("tenants", new { name = tenant }, Now);
        var key = await stage.Admin.PostAsync(
            "keys", new { name = tenant + "-admin", tenant, role = "tenant_admin" }, Now);
        var admin = stage.AdminWith(key.GetProperty("key").GetString()!);
        var made = await admin.PostAsync("keys", new { name = tenant + "-ci" }, Now);
        await CallAsync(stage, made.GetProperty("key").GetString()!);
        await CallAsync(stage, stage.Configuration.FreeKey);

        // What its own call left is there, and of the call of another tenant nothing.
        await UntilOnlyOwnAsync(admin, "usage?group_by=tenant,model", tenant);
        await UntilOnlyOwnAsync(admin, $"bills?period={TimeProvider.System.GetUtcNow():yyyy-MM}", tenant);
        await UntilOnlyOwnAsync(admin, "audit?kind=request", tenant);
        var bill = (await stage.Admin.GetAsync($"bills?period={TimeProvider.System.GetUtcNow():yyyy-MM}", Now))
            .GetProperty("items").EnumerateArray()
            .First(bill => bill.GetProperty("tenant").GetString() != tenant).GetProperty("id").GetString();
        foreach (var path in new[] { $"bills/{bill}", "usage?tenant=acme", "audit?tenant=acme", "bills?tenant=acme" })
            await AssertRefusedAsync(admin, HttpMethod.Get, path, null, "other_tenant");

        var budget = new { name = tenant + "-month", scope = "tenant:" + tenant, limit_usd = 5 };
        await admin.PostAsync("budgets", budget, Now);
        await AssertRefusedAsync(admin, HttpMethod.Post, "budgets",
            new { name = "x-" + tenant, scope = "tenant:acme", limit_usd = 5 }, "other_tenant");
        await AssertRefusedAsync(admin, HttpMethod.Post, "limits",
            new { scope = "global", requests_per_minute = 5 }, "other_tenant");
        await stage.Admin.PostAsync(
            "budgets", new { name = "cap-" + tenant, scope = "tenant:" + tenant, limit_usd = 9 }, Now);
        await AssertRefusedAsync(admin, HttpMethod.Delete, "budgets/cap-" + tenant, null, "set_by_platform");
        var deleted = await admin.TryAsync(HttpMethod.Delete, $"budgets/{budget.name}", null, Now);
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);

        // And the trail says who it was.
        var actor = $"{key.GetProperty("id").GetString()}:tenant_admin";
        var changes = await Eventually.UntilAsync(
            () => admin.GetAsync($"audit?kind=admin_change&actor={actor}", Now),
            found => found.GetProperty("items").GetArrayLength() >= 3,
            _deadline, "the changes are in the audit trail", Now);
        Assert.Equal(
            ["budget.created", "budget.deleted", "key.created"],
            changes.GetProperty("items").EnumerateArray()
                .Select(change => change.GetProperty("action").GetString()).Distinct().Order());
    }

    private static async Task AssertReadsAsync(Stage stage, string role, string[] all, string[] open)
    {
        var name = $"{role}-{Path.GetRandomFileName()}";
        var made = await stage.Admin.PostAsync("keys", new { name, tenant = "acme", role }, Now);
        var admin = stage.AdminWith(made.GetProperty("key").GetString()!);
        foreach (var path in all)
        {
            var (status, answer) = await admin.TryAsync(HttpMethod.Get, path, null, Now);
            var expected = open.Contains(path) ? HttpStatusCode.OK : HttpStatusCode.Forbidden;
            Assert.True(expected == status, $"{role} on {path}: {(int)status} {answer}");
            if (expected == HttpStatusCode.Forbidden)
                Assert.Equal("role_not_allowed", answer.GetProperty("type").GetString());
        }
    }

    private static async Task AssertRefusedAsync(
        AdminApi admin, HttpMethod method, string path, object? body, string code)
    {
        var (status, answer) = await admin.TryAsync(method, path, body, Now);
        Assert.True(HttpStatusCode.Forbidden == status, $"{method} {path}: {(int)status} {answer}");
        Assert.Equal(code, answer.GetProperty("type").GetString());
    }

    private static async Task CallAsync(Stage stage, string secret) => await Eventually.UntilAsync(
        () => new ChatCaller(secret).CompleteAsync(
            stage.Platform.Edges[0], StageConfiguration.Chat, cancellationToken: Now),
        call => call.Succeeded,
        _deadline, "the call is served", Now);

    private static async Task UntilOnlyOwnAsync(AdminApi admin, string path, string tenant)
    {
        var found = await Eventually.UntilAsync(
            () => admin.GetAsync(path, Now),
            answer => answer.GetProperty("items").GetArrayLength() > 0,
            _deadline, $"{path} shows the tenant's own call", Now);
        Assert.All(
            found.GetProperty("items").EnumerateArray(),
            item => Assert.Equal(tenant, item.GetProperty("tenant").GetString()));
    }
}
