using System.Net;
using LlmPlatform.TestKit;

namespace LlmPlatform.Edge.Tests.Identity;

/// <summary>What keys with a role may do with tenants, teams, users and keys.</summary>
public sealed class RoleTests(EdgeUnderTest edge)
{
    private readonly string _other = "other-" + Path.GetRandomFileName();

    [Fact]
    public async Task An_administrator_of_a_tenant_makes_and_changes_what_is_the_tenants_and_nothing_else()
    {
        var (tenant, admin) = await TenantWithAdminAsync();
        await AsMasterAsync(HttpMethod.Post, "tenants", new { name = _other });
        await AsMasterAsync(HttpMethod.Post, "keys", new { name = _other + "-key", tenant = _other });

        // Its own, without being named.
        var made = await edge.AdminAsync(HttpMethod.Post, "keys", new { name = tenant + "-ci" }, admin);
        Assert.Equal((HttpStatusCode.Created, tenant), (made.Status, made.Answer.Text("tenant")));
        await edge.ReachesAsync(made.Answer.Text("key")!, HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Created, (await edge.AdminAsync(
            HttpMethod.Post, "teams", new { name = "search" }, admin)).Status);
        var rotated = await edge.AdminAsync(HttpMethod.Post, $"keys/{tenant}-ci/rotate", null, admin);
        Assert.Equal(HttpStatusCode.OK, rotated.Status);

        var listed = (await edge.AdminAsync(HttpMethod.Get, "keys?limit=1000", key: admin)).Answer;
        Assert.All(listed.GetProperty("items").EnumerateArray(), key => Assert.Equal(tenant, key.Text("tenant")));
        var tenants = (await edge.AdminAsync(HttpMethod.Get, "tenants", key: admin)).Answer;
        Assert.Equal(tenant, Assert.Single(tenants.GetProperty("items").EnumerateArray()).Text("name"));

        await RefusedAsync(admin, HttpMethod.Get, $"keys?tenant={_other}", "other_tenant");
        await RefusedAsync(admin, HttpMethod.Get, $"keys/{_other}-key", "other_tenant");
        await RefusedAsync(admin, HttpMethod.Post, $"keys/{_other}-key/revoke", "other_tenant");
        await RefusedAsync(admin, HttpMethod.Post, "keys", "other_tenant", new { name = "x", tenant = _other });
        await RefusedAsync(admin, HttpMethod.Post, "teams", "other_tenant", new { name = "x", tenant = _other });
        await RefusedAsync(admin, HttpMethod.Get, $"users/{_other}/ann", "other_tenant");
        await RefusedAsync(admin, HttpMethod.Post, "tenants", "role_not_allowed", new { name = "x" });
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("finance")]
    [InlineData("auditor")]
    public async Task Nobody_gains_a_role_through_a_key_of_their_tenant(string role)
    {
        var (tenant, admin) = await TenantWithAdminAsync();
        var above = $"{tenant}-above";
        await AsMasterAsync(HttpMethod.Post, "keys", new { name = above, tenant, role, user = above });
        await AsMasterAsync(HttpMethod.Post, "keys", new { name = tenant + "-ci", tenant });

        await RefusedAsync(admin, HttpMethod.Post, "keys", "role_not_allowed", new { name = tenant + "-x", role });
        await RefusedAsync(admin, HttpMethod.Patch, $"keys/{tenant}-ci", "role_not_allowed", new { role });
        await RefusedAsync(admin, HttpMethod.Post, $"keys/{above}/rotate", "role_not_allowed");
        await RefusedAsync(admin, HttpMethod.Post, $"keys/{above}/revoke", "role_not_allowed");
        await RefusedAsync(admin, HttpMethod.Patch, $"keys/{above}", "role_not_allowed", new { role = "user" });
        await RefusedAsync(admin, HttpMethod.Post, $"users/{tenant}/{above}/deactivate", "role_not_allowed");
    }

    [Fact]
    public async Task An_auditor_reads_everything_and_changes_nothing_and_others_are_told_who_may()
    {
        var auditor = await KeyWithRoleAsync("auditor");
        var finance = await KeyWithRoleAsync("finance");
        var user = await KeyWithRoleAsync("user");
        foreach (var list in new[] { "keys", "users", "teams", "tenants" })
        {
            Assert.Equal(HttpStatusCode.OK, (await edge.AdminAsync(HttpMethod.Get, list, key: auditor)).Status);
            await RefusedAsync(user, HttpMethod.Get, list, "role_not_allowed");
        }

        await RefusedAsync(auditor, HttpMethod.Post, "keys", "role_not_allowed", new { name = "x", tenant = "open" });
        await RefusedAsync(finance, HttpMethod.Get, "keys", "role_not_allowed");
        Assert.Equal(HttpStatusCode.OK, (await edge.AdminAsync(HttpMethod.Get, "teams", key: finance)).Status);
    }

    [Fact]
    public async Task A_key_that_opens_nothing_opens_no_admin_api_either()
    {
        var (tenant, admin) = await TenantWithAdminAsync();
        Assert.Equal(HttpStatusCode.OK, (await edge.AdminAsync(HttpMethod.Get, "keys", key: admin)).Status);

        await AsMasterAsync(HttpMethod.Post, $"keys/{tenant}-admin/deactivate");
        Assert.Equal(HttpStatusCode.Unauthorized, (await edge.AdminAsync(HttpMethod.Get, "keys", key: admin)).Status);
        await AsMasterAsync(HttpMethod.Post, $"keys/{tenant}-admin/activate");
        Assert.Equal(HttpStatusCode.OK, (await edge.AdminAsync(HttpMethod.Get, "keys", key: admin)).Status);
        await AsMasterAsync(HttpMethod.Post, $"keys/{tenant}-admin/rotate", new { grace = "0s" });
        Assert.Equal(HttpStatusCode.Unauthorized, (await edge.AdminAsync(HttpMethod.Get, "keys", key: admin)).Status);
    }

    [Fact]
    public async Task Every_change_names_the_acting_key_and_the_tenant()
    {
        var (tenant, admin) = await TenantWithAdminAsync();
        var id = (await edge.AdminAsync(HttpMethod.Get, $"keys/{tenant}-admin")).Answer.Text("id");
        await edge.AdminAsync(HttpMethod.Post, "keys", new { name = tenant + "-ci" }, admin);

        var change = await Eventually.UntilAsync(
            () => Task.FromResult(edge.Changes.FirstOrDefault(change => change.Resource == $"key:{tenant}-ci")),
            said => said is not null,
            TimeSpan.FromSeconds(60), "the change is said on the bus", TestContext.Current.CancellationToken);

        Assert.Equal(
            ($"{id}:tenant_admin", "key.created", tenant), (change!.Actor, change.Action, change.Tenant));
    }

    [Fact]
    public async Task While_its_user_is_deactivated_none_of_the_users_keys_opens_anything()
    {
        var (tenant, admin) = await TenantWithAdminAsync();
        var first = await edge.AdminAsync(HttpMethod.Post, "keys", new { name = tenant + "-1", user = "ann" }, admin);
        var second = await edge.AdminAsync(HttpMethod.Post, "keys", new { name = tenant + "-2", user = "ann" }, admin);
        var bobs = await edge.AdminAsync(HttpMethod.Post, "keys", new { name = tenant + "-3", user = "bob" }, admin);
        string[] anns = [first.Answer.Text("key")!, second.Answer.Text("key")!];
        foreach (var secret in anns.Append(bobs.Answer.Text("key")!))
        {
            await edge.ReachesAsync(secret, HttpStatusCode.OK);
        }

        var gone = await edge.AdminAsync(HttpMethod.Post, $"users/{tenant}/ann/deactivate", null, admin);
        Assert.Equal((HttpStatusCode.OK, "inactive"), (gone.Status, gone.Answer.Text("state")));
        foreach (var secret in anns)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await edge.StatusOfAsync(secret));
        }

        Assert.Equal(HttpStatusCode.OK, await edge.StatusOfAsync(bobs.Answer.Text("key")!));
        var shown = await edge.AdminAsync(HttpMethod.Get, $"keys/{tenant}-1");
        Assert.Equal("inactive", shown.Answer.Text("state"));

        await edge.AdminAsync(HttpMethod.Post, $"users/{tenant}/ann/activate", null, admin);
        await edge.ReachesAsync(anns[0], HttpStatusCode.OK);
    }

    [Fact]
    public async Task Users_are_made_listed_and_changed()
    {
        var (tenant, admin) = await TenantWithAdminAsync();
        var made = await edge.AdminAsync(
            HttpMethod.Post, "users", new { name = "ann", email = "ann@example.com" }, admin);
        Assert.Equal((HttpStatusCode.Created, "active"), (made.Status, made.Answer.Text("state")));
        var again = await edge.AdminAsync(HttpMethod.Post, "users", new { name = "ann" }, admin);
        Assert.Equal((HttpStatusCode.Conflict, "user_exists"), (again.Status, again.Answer.Text("type")));
        var wrong = await edge.AdminAsync(
            HttpMethod.Patch, $"users/{tenant}/ann", new { email = "no address" }, admin);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_email"), (wrong.Status, wrong.Answer.Text("type")));

        await edge.AdminAsync(HttpMethod.Patch, $"users/{tenant}/ann", new { email = "a@example.com" }, admin);
        var listed = (await edge.AdminAsync(HttpMethod.Get, $"users?tenant={tenant}")).Answer;
        Assert.Equal("a@example.com", Assert.Single(listed.GetProperty("items").EnumerateArray()).Text("email"));
        Assert.Equal(
            HttpStatusCode.NotFound, (await edge.AdminAsync(HttpMethod.Get, $"users/{tenant}/bob")).Status);
    }

    private async Task<(string Tenant, string Admin)> TenantWithAdminAsync()
    {
        var tenant = "own-" + Path.GetRandomFileName();
        await AsMasterAsync(HttpMethod.Post, "tenants", new { name = tenant });
        return (tenant, await KeyWithRoleAsync("tenant_admin", tenant));
    }

    private async Task<string> KeyWithRoleAsync(string role, string tenant = "open")
    {
        var name = tenant == "open" ? $"{role}-{Path.GetRandomFileName()}" : tenant + "-admin";
        var made = await edge.AdminAsync(HttpMethod.Post, "keys", new { name, tenant, role });
        Assert.Equal((HttpStatusCode.Created, role), (made.Status, made.Answer.Text("role")));
        return made.Answer.Text("key")!;
    }

    private async Task AsMasterAsync(HttpMethod method, string path, object? body = null)
    {
        var (status, answer) = await edge.AdminAsync(method, path, body);
        Assert.True((int)status < 300, answer.ToString());
    }

    private async Task RefusedAsync(string key, HttpMethod method, string path, string code, object? body = null)
    {
        var (status, answer) = await edge.AdminAsync(method, path, body, key);

        Assert.Equal((HttpStatusCode.Forbidden, code), (status, answer.Text("type")));
        Assert.NotEmpty(answer.Text("detail")!);
    }
}
