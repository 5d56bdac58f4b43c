using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LlmPlatform.Audit.Trail;
using LlmPlatform.Money;

namespace LlmPlatform.Audit.Tests.Search;

public sealed class SearchEndpointsTests : IAsyncLifetime
{
    private AuditReplica _replica = null!;
    private HttpClient _operator = null!;

    public async ValueTask InitializeAsync()
    {
        _replica = await AuditReplica.StartAsync(await AuditReplica.CreateDatabaseAsync());
        _operator = _replica.Operator();
        await _replica.AppendAsync(
        [
            .. Events.Requests(6),
            TrailContent.Of(Events.Request(7, tenant: "other", model: "sim-large", status: 402)),
            TrailContent.Of(Events.Change(1)),
        ]);
    }

    public async ValueTask DisposeAsync()
    {
        _operator.Dispose();
        await _replica.DisposeAsync();
    }

    [Theory]
    [InlineData("", 8)]
    [InlineData("?tenant=acme", 6)]
    [InlineData("?tenant=other&status=402", 1)]
    [InlineData("?model=sim-large", 1)]
    [InlineData("?key=key-1", 7)]
    [InlineData("?actor=master", 1)]
    [InlineData("?kind=admin_change", 1)]
    [InlineData("?kind=request", 7)]
    [InlineData("?from=2026-11-01T00:00:06Z", 2)]
    [InlineData("?to=2026-11-01T00:00:02Z&kind=request", 1)]
    [InlineData("?to=2026-11-01T02:00:02%2B02:00&kind=request", 1)]
    [InlineData("?tenant=nobody", 0)]
    public async Task A_search_finds_what_it_asks_for(string query, int count)
    {
        var page = await GetAsync($"/admin/v1/audit{query}");

        Assert.Equal(count, page.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Pages_follow_one_another_from_the_newest_on()
    {
        var sequences = new List<long>();
        var cursor = "";
        do
        {
            var page = await GetAsync($"/admin/v1/audit?limit=3&cursor={cursor}");
            sequences.AddRange(page.GetProperty("items").EnumerateArray()
                .Select(item => item.GetProperty("sequence").GetInt64()));
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.Equal([8, 7, 6, 5, 4, 3, 2, 1], sequences);
    }

    [Fact]
    public async Task A_record_is_found_by_its_own_id_and_by_that_of_the_request()
    {
        var request = Events.Request(7);

        var byRecord = await GetAsync($"/admin/v1/audit/{request.EventId}");
        var byRequest = await GetAsync($"/admin/v1/audit/{request.RequestId}");

        Assert.Equal(402, byRecord.GetProperty("status").GetInt32());
        Assert.Equal(byRecord.GetRawText(), byRequest.GetRawText());
        Assert.Equal(1_234, byRecord.GetProperty("detail").GetProperty("cost_nano_usd").GetInt64());
    }

    [Fact]
    public async Task An_unknown_id_a_bad_cursor_and_a_missing_key_are_refused_each_with_its_code()
    {
        Assert.Equal(
            (HttpStatusCode.NotFound, "audit_record_not_found"),
            await RefusalAsync($"/admin/v1/audit/{EventIdentity.Named("nothing")}"));
        Assert.Equal(
            (HttpStatusCode.BadRequest, "invalid_cursor"), await RefusalAsync("/admin/v1/audit?cursor=bm9uZQ"));
        Assert.Equal(
            (HttpStatusCode.BadRequest, "invalid_range"), await RefusalAsync("/admin/v1/audit/verify?from=5&to=4"));
        using var stranger = _replica.Stranger();
        foreach (var path in new[] { "audit", "audit/verify", "audit/export" })
        {
            using var answer = await stranger.GetAsync($"/admin/v1/{path}", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task The_chain_can_be_computed_again_from_an_export_alone()
    {
        var export = await _operator.GetStringAsync("/admin/v1/audit/export", TestContext.Current.CancellationToken);

        var hash = ChainHash.Genesis.ToArray();
        var sequence = 0L;
        foreach (var line in export.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var record = JsonDocument.Parse(line).RootElement;
            Assert.Equal(Convert.ToHexStringLower(hash), record.GetProperty("previous_hash").GetString());
            hash = ChainHash.Of(hash, ++sequence, Encoding.UTF8.GetBytes(record.GetProperty("content").GetRawText()));
            Assert.Equal(Convert.ToHexStringLower(hash), record.GetProperty("hash").GetString());
        }

        Assert.Equal(8, sequence);
        var verified = await GetAsync("/admin/v1/audit/verify");
        Assert.True(verified.GetProperty("ok").GetBoolean());
        Assert.Equal(8, verified.GetProperty("count").GetInt64());
        Assert.Equal(Convert.ToHexStringLower(hash), verified.GetProperty("head_hash").GetString());
    }

    private Task<JsonElement> GetAsync(string path) =>
        _operator.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    private async Task<(HttpStatusCode Status, string? Code)> RefusalAsync(string path)
    {
        using var answer = await _operator.GetAsync(path, TestContext.Current.CancellationToken);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return (answer.StatusCode, problem.GetProperty("type").GetString());
    }
}
