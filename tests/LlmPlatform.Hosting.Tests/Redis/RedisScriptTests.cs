using System.Reflection;
using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Hosting.Tests.Redis;

public sealed class RedisScriptTests(RedisServer server) : IClassFixture<RedisServer>
{
    private static readonly RedisScript _describe = RedisScript.FromEmbedded(
        typeof(RedisScriptTests).Assembly, "Redis.describe.lua");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_script_receives_keys_and_arguments_of_every_kind()
    {
        await using var redis = await server.ConnectAsync();
        using var arguments = RedisArguments.Rent();
        arguments.Key("clé").Key("k2"u8);
        arguments.Argument("忽略").Argument(long.MinValue).Argument([0, 255, 13, 10]).Argument("");

        var reply = await redis.EvaluateAsync(_describe, arguments, cancellationToken: Token);

        Assert.Equal(2, reply.Items.Length);
        Assert.Equal(["clé", "k2"], reply.Items[0].Items.ToArray().Select(key => key.AsString()));
        var given = reply.Items[1].Items.ToArray();
        Assert.Equal("忽略", given[0].AsString());
        Assert.Equal(long.MinValue, given[1].AsInt64());
        Assert.Equal([0, 255, 13, 10], given[2].AsUtf8().ToArray());
        Assert.Equal("", given[3].AsString());
    }

    [Fact]
    public async Task Nested_arrays_nils_and_errors_keep_their_place()
    {
        await using var redis = await server.ConnectAsync();
        var script = RedisScript.FromText("nested", "return {1, {'a', {false, redis.error_reply('ERR odd')}}, 'z'}");

        var reply = await redis.EvaluateAsync(script, [], [], Token);

        Assert.Equal(1, reply.Items[0].AsInt64());
        Assert.Equal("a", reply.Items[1].Items[0].AsString());
        Assert.True(reply.Items[1].Items[1].Items[0].IsNil);
        var odd = reply.Items[1].Items[1].Items[1];
        Assert.Equal(RedisReplyKind.Error, odd.Kind);
        Assert.Equal("ERR odd", Assert.Throws<RedisServerException>(() => odd.AsInt64()).Message);
        Assert.Equal("z", reply.Items[2].AsString());
    }

    [Fact]
    public async Task A_script_that_fails_throws_its_own_error()
    {
        await using var redis = await server.ConnectAsync();
        var script = RedisScript.FromText("failing", "return redis.error_reply('BUDGET is gone')");

        var failed = await Assert.ThrowsAsync<RedisServerException>(
            async () => await redis.EvaluateAsync(script, [], [], Token));

        Assert.Equal("BUDGET", failed.Code);
    }

    [Fact]
    public async Task A_script_the_server_does_not_have_is_sent_once()
    {
        await using var own = await RedisServer.StartAsync();
        await using var redis = await own.ConnectAsync();
        await redis.ExecuteAsync("CONFIG", ["RESETSTAT"], Token);
        using var arguments = RedisArguments.Rent();
        arguments.Key("k").Argument(1);

        for (var i = 0; i < 10; i++)
            await redis.EvaluateAsync(_describe, arguments, cancellationToken: Token);
        await redis.ExecuteAsync("SCRIPT", ["FLUSH"], Token);
        for (var i = 0; i < 10; i++)
            await redis.EvaluateAsync(_describe, arguments, cancellationToken: Token);

        var statistics = (await redis.ExecuteAsync("INFO", ["commandstats"], Token)).AsString();
        Assert.Contains("cmdstat_eval:calls=2,", statistics, StringComparison.Ordinal);
        Assert.Contains("cmdstat_evalsha:calls=19,", statistics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_has_a_script_from_the_first_call_although_its_caller_did_not_wait_for_it()
    {
        await using var own = await RedisServer.StartAsync();
        await using var redis = await own.ConnectAsync();
        await using var other = await own.ConnectAsync();
        var script = RedisScript.FromText("counting", "return redis.call('INCR', KEYS[1])");
        using var arguments = RedisArguments.Rent();
        arguments.Key("count");
        await other.ExecuteAsync("CLIENT", ["PAUSE", "60000", "WRITE"], Token);

        await Assert.ThrowsAsync<RedisUnavailableException>(async () => await redis.EvaluateAsync(
            script, arguments, TimeSpan.FromMilliseconds(200), Token));
        await other.ExecuteAsync("CLIENT", ["UNPAUSE"], Token);

        await RedisServer.UntilAsync(
            async () => (await other.ExecuteAsync("GET", ["count"], Token)).AsString() == "1",
            "the call is carried out all the same");
        Assert.Equal(2, (await redis.EvaluateAsync(script, arguments, cancellationToken: Token)).AsInt64());
    }

    [Fact]
    public async Task A_script_runs_again_after_the_server_was_restarted()
    {
        await using var own = await RedisServer.StartAsync();
        await using var redis = await own.ConnectAsync();
        await redis.EvaluateAsync(_describe, ["k"], ["before"], Token);

        await own.KillAsync();
        await own.RestartAsync();

        await RedisServer.UntilAsync(
            async () => (await redis.EvaluateAsync(_describe, ["k"], ["after"], Token))
                .Items[1].Items[0].AsString() == "after",
            "the script runs on the new server");
    }

    [Fact]
    public async Task The_server_knows_a_script_by_the_same_name()
    {
        await using var redis = await server.ConnectAsync();
        const string source = "return 'é'";

        var name = await redis.ExecuteAsync("SCRIPT", ["LOAD", source], Token);

        Assert.Equal(name.AsString(), RedisScript.FromText("any", source).Sha1);
    }

    [Fact]
    public void An_embedded_script_that_is_not_there_is_named() => Assert.Contains(
        "absent.lua",
        Assert.Throws<ArgumentException>(
            () => RedisScript.FromEmbedded(Assembly.GetExecutingAssembly(), "absent.lua")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_key_after_an_argument_is_refused()
    {
        using var arguments = RedisArguments.Rent();
        arguments.Key("k").Argument(1);
        Assert.Throws<InvalidOperationException>(() => arguments.Key("late"));
    }
}
