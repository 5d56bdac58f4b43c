using System.Globalization;
using System.Net;
using System.Text.Json;
using Npgsql;

namespace LlmPlatform.Edge.Tests.Identity;

/// <summary>Keys and tenants through the admin API, and what callers may do with them.</summary>
public sealed class KeyLifecycleTests(EdgeUnderTest edge)
{
    [Fact]
    public async Task A_key_is_shown_once_works_is_revoked_and_works_again()
    {
        var name = await edge.CreateKeyAsync(models: "m*");
        var created = name.Answer;
        var secret = created.GetProperty("key").GetString()!;
        Assert.StartsWith("sk-", secret);
        Assert.Equal(("active", "api"), (created.Text("state"), created.Text("source")));
        await edge.ReachesAsync(secret, HttpStatusCode.OK);

        var shown = await edge.AdminAsync(HttpMethod.Get, $"keys/{created.Text("id")}");
        Assert.False(shown.Answer.TryGetProperty("key", out _));
        Assert.DoesNotContain(secret, shown.Answer.ToString());
        Assert.DoesNotContain(secret, (await edge.AdminAsync(HttpMethod.Get, "keys?limit=1000")).Answer.ToString());
        Assert.Equal(0, await RowsWithAsync(secret));

        var revoked = await edge.AdminAsync(HttpMethod.Post, $"keys/{name.Name}/revoke");
        Assert.Equal("revoked", revoked.Answer.Text("state"));
        using (var refused = await edge.ChatAsync(EdgeUnderTest.Body("m1"), secret))
        {
            // At once: Redis knows it before the answer to the operator leaves.
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await edge.AdminAsync(HttpMethod.Post, $"keys/{name.Name}/revoke")).Status);
        var activated = await edge.AdminAsync(HttpMethod.Post, $"keys/{name.Name}/activate");
        Assert.Equal((HttpStatusCode.Conflict, "key_revoked"), (activated.Status, activated.Answer.Text("type")));
        Assert.Equal(HttpStatusCode.Unauthorized, await edge.StatusOfAsync(secret));
    }

    [Fact]
    public async Task A_key_that_expires_is_refused_from_that_instant()
    {
        var (name, made) = await edge.CreateKeyAsync("1h");
        await edge.ReachesAsync(made.Text("key")!, HttpStatusCode.OK);
        var changed = await edge.AdminAsync(HttpMethod.Patch, $"keys/{name}", new { expires = "2s" });
        var ends = DateTimeOffset.Parse(changed.Answer.Text("expires_at")!, CultureInfo.InvariantCulture);
        await edge.IsRefusedFromAsync(made.Text("key")!, ends);
    }

    [Fact]
    public async Task A_name_is_given_once_and_what_the_file_declares_is_read_only()
    {
        var name = (await edge.CreateKeyAsync()).Name;
        var again = await edge.AdminAsync(HttpMethod.Post, "keys", new { name, tenant = "open" });
        Assert.Equal((HttpStatusCode.Conflict, "key_exists"), (again.Status, again.Answer.Text("type")));

        var declared = await edge.AdminAsync(HttpMethod.Post, "keys/open-key/revoke");
        Assert.Equal((HttpStatusCode.Conflict, "declared_in_file"), (declared.Status, declared.Answer.Text("type")));

        var tenant = await edge.AdminAsync(HttpMethod.Post, "tenants", new { name = "open" });
        Assert.Equal((HttpStatusCode.Conflict, "tenant_exists"), (tenant.Status, tenant.Answer.Text("type")));
    }

    [Theory]
    [InlineData("""{"name":"a b","tenant":"open"}""", "invalid_name")]
    [InlineData("""{"name":"ab","tenant":"nobody"}""", "tenant_not_found")]
    [InlineData("""{"name":"ab","tenant":"open","team":"none"}""", "team_not_found")]
    [InlineData("""{"name":"ab","tenant":"open","expires":"soon"}""", "invalid_expires")]
    [InlineData("""{"name":"ab","tenant":"open","models":["m",""]}""", "invalid_models")]
    public async Task A_key_that_cannot_be_made_says_why(string body, string code)
    {
        var refused = await edge.AdminAsync(HttpMethod.Post, "keys", JsonDocument.Parse(body).RootElement);

        Assert.Equal((HttpStatusCode.BadRequest, code), (refused.Status, refused.Answer.Text("type")));
    }

    [Fact]
    public async Task A_stranger_and_a_key_without_a_role_do_not_open_the_admin_api()
    {
        var stranger = await edge.AdminAsync(HttpMethod.Get, "keys", key: "sk-key-of-nobody");
        var caller = await edge.AdminAsync(HttpMethod.Get, "keys", key: Landscape.Open);

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), (stranger.Status, stranger.Answer.Text("type")));
        Assert.Equal((HttpStatusCode.Forbidden, "role_not_allowed"), (caller.Status, caller.Answer.Text("type")));
    }

    [Fact]
    public async Task Many_keys_at_once_are_all_made_and_paged_without_a_gap()
    {
        var tenant = "tenant-" + Path.GetRandomFileName();
        Assert.Equal(
            HttpStatusCode.Created, (await edge.AdminAsync(HttpMethod.Post, "tenants", new { name = tenant })).Status);
        var made = await Task.WhenAll(Enumerable.Range(0, 12).Select(number =>
            edge.AdminAsync(HttpMethod.Post, "keys", new { name = $"{tenant}-{number}", tenant })));
        Assert.All(made, key => Assert.Equal(HttpStatusCode.Created, key.Status));

        var names = new List<string?>();
        string? cursor = null;
        do
        {
            var page = (await edge.AdminAsync(HttpMethod.Get, $"keys?tenant={tenant}&limit=5&cursor={cursor}")).Answer;
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(key => key.Text("name")));
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.Equal(12, names.Count);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public async Task Models_are_listed_as_far_as_the_key_may_use_them()
    {
        using var narrow = await edge.GetAsync("/v1/models", Landscape.Narrow);
        using var body = JsonDocument.Parse(
            await narrow.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var names = body.RootElement.GetProperty("data").EnumerateArray().Select(model => model.Text("id")).ToList();

        Assert.Equal("list", body.RootElement.Text("object"));
        Assert.Contains("org/team/model", names);
        Assert.All(names, name => Assert.Matches("^(m|org/)", name));
    }

    [Theory]
    [InlineData("org/team/model", HttpStatusCode.OK)]
    [InlineData("org%2Fteam%2fmodel", HttpStatusCode.OK)]
    [InlineData("t1", HttpStatusCode.NotFound)]
    [InlineData("org/none", HttpStatusCode.NotFound)]
    public async Task A_model_is_found_by_a_name_with_slashes(string path, HttpStatusCode status)
    {
        using var answer = await edge.GetAsync("/v1/models/" + path, Landscape.Narrow);

        Assert.Equal(status, answer.StatusCode);
        if (status == HttpStatusCode.OK)
        {
            Assert.Contains(
                "\"id\":\"org/team/model\"",
                await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        else
        {
            Assert.Equal("model_not_found", (await EdgeUnderTest.ErrorOfAsync(answer)).Text("code"));
        }
    }

    // In every table of the schema, as text.
    private async Task<long> RowsWithAsync(string secret)
    {
        await using var connection = new NpgsqlConnection(edge.Postgres);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT (SELECT count(*) FROM edge.virtual_key k WHERE k::text LIKE '%' || @secret || '%')
                 + (SELECT count(*) FROM edge.key_secret s WHERE s::text LIKE '%' || @secret || '%')
                 + (SELECT count(*) FROM edge.outbox_message o WHERE o::text LIKE '%' || @secret || '%')
            """;
        command.Parameters.AddWithValue("secret", secret);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
