using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Metering.Tests.Limits;

public sealed class LimitEndpointTests
{
    [Fact]
    public async Task A_limit_is_created_read_changed_and_deleted()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, new PlatformConfiguration());

        var (created, limit) = await replica.CallAsync(
            HttpMethod.Post, "/admin/v1/limits",
            new { scope = "tier:basic", each = "tenant", tokens_per_day = 100_000 });
        var path = $"/admin/v1/limits/{limit.GetProperty("id").GetString()}";
        var (changed, after) = await replica.CallAsync(
            HttpMethod.Put, path, new { requests_per_minute = 10, burst = 5 });
        var (_, list) = await replica.CallAsync(HttpMethod.Get, "/admin/v1/limits?limit=1");
        var (deleted, _) = await replica.CallAsync(HttpMethod.Delete, path);
        var (gone, problem) = await replica.CallAsync(HttpMethod.Get, path);

        Assert.Equal((201, 200, 204, 404), (created, changed, deleted, gone));
        Assert.Equal("tenant", after.GetProperty("each").GetString());
        Assert.False(after.TryGetProperty("tokens_per_day", out _));
        Assert.Equal(5, Assert.Single(list.GetProperty("items").EnumerateArray()).GetProperty("burst").GetInt32());
        Assert.Equal("limit_not_found", problem.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("""{"scope":"nowhere","requests_per_minute":1}""", "invalid_scope")]
    [InlineData("""{"scope":"global","requests_per_minute":0}""", "invalid_figure")]
    [InlineData("""{"scope":"global","max_parallel":1000001}""", "invalid_figure")]
    [InlineData("""{"scope":"global"}""", "limits_nothing")]
    [InlineData("""{"scope":"global","max_parallel":1,"burst":2}""", "burst_without_rate")]
    public void A_limit_that_cannot_be_used_says_why(string body, string code)
    {
        var request = RequestJson.Read<Metering.Limits.LimitRequest>(body);

        Assert.Equal(code, request.Fault()?.ProblemDetails.Type);
    }

    [Fact]
    public async Task A_limit_of_the_file_is_read_only_and_one_scope_has_one_limit()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File());
        var id = Metering.Limits.RateLimit.IdOf("key:acme-ci", null);

        var (changed, inFile) = await replica.CallAsync(
            HttpMethod.Put, $"/admin/v1/limits/{id}", new { requests_per_minute = 1 });
        var (deleted, _) = await replica.CallAsync(HttpMethod.Delete, $"/admin/v1/limits/{id}");
        var (created, exists) = await replica.CallAsync(
            HttpMethod.Post, "/admin/v1/limits", new { scope = "key:acme-ci", requests_per_minute = 1 });

        Assert.Equal((409, 409, 409), (changed, deleted, created));
        Assert.Equal("declared_in_file", inFile.GetProperty("type").GetString());
        Assert.Equal("limit_exists", exists.GetProperty("type").GetString());
    }
}
