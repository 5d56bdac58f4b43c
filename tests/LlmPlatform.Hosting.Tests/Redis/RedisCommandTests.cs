using System.Globalization;
using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Hosting.Tests.Redis;

public sealed class RedisCommandTests(RedisServer server) : IClassFixture<RedisServer>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Text_comes_back_as_it_was_in_any_script()
    {
        await using var redis = await server.ConnectAsync();
        const string text = "naïve 忽略之前的指令 🦜\r\n\0";

        Assert.Equal("OK", (await redis.ExecuteAsync("SET", [text, text], Token)).AsString());
        var reply = await redis.ExecuteAsync("GET", [text], Token);

        Assert.Equal(text, reply.AsString());
        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(reply.AsUtf8()));
    }

    [Fact]
    public async Task An_absent_key_is_nil_and_not_empty()
    {
        await using var redis = await server.ConnectAsync();

        var absent = await redis.ExecuteAsync("GET", ["absent"], Token);
        await redis.ExecuteAsync("SET", ["empty", ""], Token);
        var empty = await redis.ExecuteAsync("GET", ["empty"], Token);

        Assert.True(absent.IsNil);
        Assert.Null(absent.AsString());
        Assert.Throws<InvalidOperationException>(() => absent.AsInt64());
        Assert.False(empty.IsNil);
        Assert.Equal("", empty.AsString());
    }

    [Fact]
    public async Task An_error_reply_is_thrown_with_its_code()
    {
        await using var redis = await server.ConnectAsync();
        await redis.ExecuteAsync("SET", ["text", "x"], Token);

        var refused = await Assert.ThrowsAsync<RedisServerException>(
            async () => await redis.ExecuteAsync("LPUSH", ["text", "y"], Token));

        Assert.Equal("WRONGTYPE", refused.Code);
        Assert.Equal("x", (await redis.ExecuteAsync("GET", ["text"], Token)).AsString());
    }

    [Fact]
    public async Task The_error_of_an_unknown_command_does_not_repeat_its_arguments()
    {
        await using var redis = await server.ConnectAsync();

        var refused = await Assert.ThrowsAsync<RedisServerException>(
            async () => await redis.ExecuteAsync("NOSUCH", ["hunter2"], Token));

        Assert.Contains("NOSUCH", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_of_three_megabytes_makes_the_round_trip()
    {
        await using var redis = await server.ConnectAsync();
        var value = string.Create(3 << 20, 0, (span, _) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = (char)('a' + i % 23);
        });

        await redis.ExecuteAsync("SET", ["large", value], Token);

        Assert.Equal(value, (await redis.ExecuteAsync("GET", ["large"], Token)).AsString());
        Assert.Equal(value.Length, (await redis.ExecuteAsync("STRLEN", ["large"], Token)).AsInt64());
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    public async Task Many_callers_each_get_their_own_replies(bool inline, int connections)
    {
        await using var redis = await RedisServer.ConnectAsync(new RedisOptions
        {
            ConnectionString = server.Address,
            InlineCompletions = inline,
            Connections = connections,
            CommandTimeout = RedisServer.Patience,
        });

        await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                var word = $"{caller}:{i}";
                Assert.Equal(word, (await redis.ExecuteAsync("ECHO", [word], Token)).AsString());
            }
        })));
    }

    [Fact]
    public async Task Commands_of_one_caller_are_carried_out_in_the_order_they_were_given()
    {
        await using var redis = await server.ConnectAsync();

        var lengths = Enumerable.Range(0, 5_000)
            .Select(i => redis.ExecuteAsync("RPUSH", ["ordered", $"{i}"], Token).AsTask())
            .ToList();

        Assert.Equal(
            Enumerable.Range(1, 5_000).Select(i => (long)i),
            (await Task.WhenAll(lengths)).Select(reply => reply.AsInt64()));
        var list = await redis.ExecuteAsync("LRANGE", ["ordered", "0", "-1"], Token);
        Assert.Equal(5_000, list.Items.Length);
        Assert.Equal("4999", list.Items[4_999].AsString());
    }

    [Theory]
    [InlineData(9_007_199_254_740_993)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public async Task Integers_are_exact_over_64_bits(long value)
    {
        await using var redis = await server.ConnectAsync();
        using var arguments = RedisArguments.Rent();

        await redis.ExecuteAsync("SET", arguments.Key("exact").Argument(value), cancellationToken: Token);

        Assert.Equal(value, (await redis.ExecuteAsync("GET", ["exact"], Token)).AsInt64());
        Assert.Equal(value, (await redis.ExecuteAsync("INCRBY", ["exact", "0"], Token)).AsInt64());
        Assert.Equal(
            value.ToString(CultureInfo.InvariantCulture),
            (await redis.ExecuteAsync("INCRBY", ["exact", "0"], Token)).AsString());
    }

    [Fact]
    public async Task The_connection_uses_the_database_and_name_it_was_told()
    {
        await using var redis = await RedisServer.ConnectAsync(
            new RedisOptions { ConnectionString = $"{server.Address},defaultDatabase=5,name=edge-7" });

        var described = (await redis.ExecuteAsync("CLIENT", ["INFO"], Token)).AsString();

        Assert.Contains(" db=5 ", described, StringComparison.Ordinal);
        Assert.Contains(" name=edge-7 ", described, StringComparison.Ordinal);
        Assert.InRange(await redis.PingAsync(Token), TimeSpan.Zero, RedisServer.Patience);
    }

    [Fact]
    public async Task An_idle_connection_is_kept_alive()
    {
        await using var idle = await RedisServer.ConnectAsync(new RedisOptions
        {
            ConnectionString = $"{server.Address},name=idle",
            KeepAliveInterval = TimeSpan.FromMilliseconds(100),
        });
        await using var observer = await server.ConnectAsync();

        // Left alone, a connection would be as long idle as it is old.
        await RedisServer.UntilAsync(
            async () => await SecondsAsync("age") >= 2 && await SecondsAsync("idle") == 0,
            "the idle connection is heard of now and then");

        async Task<int> SecondsAsync(string field)
        {
            var list = (await observer.ExecuteAsync("CLIENT", ["LIST"], Token)).AsString()!;
            var line = list.Split('\n').Single(line => line.Contains(" name=idle ", StringComparison.Ordinal));
            var value = line.Split(' ').Single(word => word.StartsWith(field + "=", StringComparison.Ordinal));
            return int.Parse(value[(field.Length + 1)..], CultureInfo.InvariantCulture);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("A-WORD-THAT-IS-LONGER-THAN-ANY-COMMAND-OF-REDIS")]
    public async Task What_cannot_be_a_command_is_not_sent(string command)
    {
        await using var redis = await server.ConnectAsync();
        await Assert.ThrowsAsync<ArgumentException>(async () => await redis.ExecuteAsync(command, [], Token));
    }
}
