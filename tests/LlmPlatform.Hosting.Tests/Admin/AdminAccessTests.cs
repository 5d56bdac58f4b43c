using System.Net;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Hosting.Tests.Admin;

public class AdminAccessTests
{
    private readonly ListedKeys _keys = new();

    public AdminAccessTests()
    {
        foreach (var role in Enum.GetValues<KeyRole>())
            _keys.List(EnumText.Of(role), role);
    }

    [Theory]
    [InlineData("GET", "things", "admin auditor")]
    [InlineData("POST", "things", "admin")]
    [InlineData("POST", "things/explain", "admin auditor")]
    [InlineData("POST", "bills", "admin finance")]
    [InlineData("GET", "of/acme", "admin auditor tenant_admin")]
    [InlineData("GET", "of/other", "admin auditor")]
    public async Task An_endpoint_opens_to_its_roles_and_tells_the_others_why_not(
        string method, string path, string roles)
    {
        await using var door = await AdminDoor.StartAsync(_keys);
        foreach (var role in EnumText.All<KeyRole>())
        {
            var (status, text) = await door.AskAsync(method, path, role);
            if (roles.Split(' ').Contains(role))
            {
                Assert.Equal((role, HttpStatusCode.OK), (role, status));
                continue;
            }

            Assert.Equal((role, HttpStatusCode.Forbidden), (role, status));
            Assert.Matches("\"type\":\"(role_not_allowed|other_tenant)\"", text);
            Assert.Contains(role, text, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await door.AskAsync(method, path, AdminDoor.MasterKeyText)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await door.AskAsync(method, path, "sk-of-nobody")).Status);
    }

    [Fact]
    public async Task The_acting_key_is_named_with_its_role_and_never_shown()
    {
        await using var door = await AdminDoor.StartAsync(_keys);

        Assert.Equal((HttpStatusCode.OK, "master"), await door.AskAsync("GET", "actor", AdminDoor.MasterKeyText));
        Assert.Equal(
            (HttpStatusCode.OK, "key_auditor:auditor"), await door.AskAsync("GET", "actor", "auditor"));
    }

    [Fact]
    public async Task While_keys_cannot_be_looked_up_the_master_key_opens_and_the_rest_is_told_to_wait()
    {
        await using var door = await AdminDoor.StartAsync(_keys);
        _keys.IsAway = true;

        Assert.Equal(HttpStatusCode.OK, (await door.AskAsync("GET", "things", AdminDoor.MasterKeyText)).Status);
        var (status, text) = await door.AskAsync("GET", "things", "admin");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("\"type\":\"identity_unavailable\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_open_to_tenants_that_does_not_ask_whose_it_is_cannot_be_built()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.MapAdmin().MapGet("/leak", () => "of all tenants").OpenTo(KeyRole.TenantAdmin);

        var fault = Assert.Throws<InvalidOperationException>(
            () => ((IEndpointRouteBuilder)app).DataSources.Sum(source => source.Endpoints.Count));

        Assert.Contains("/leak", fault.Message, StringComparison.Ordinal);
    }
}
