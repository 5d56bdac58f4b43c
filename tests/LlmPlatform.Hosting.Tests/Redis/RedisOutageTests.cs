using System.Diagnostics;
using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Hosting.Tests.Redis;

public sealed class RedisOutageTests
{
    private static readonly TimeSpan _long = RedisServer.Patience;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_blocked_server_releases_callers_at_their_deadline_and_late_replies_stay_with_their_own()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await RedisServer.ConnectAsync(Patient(server));
        await server.FreezeAsync();

        var started = Stopwatch.GetTimestamp();
        var late = Enumerable.Range(0, 100).Select(i => EchoAsync(redis, $"late-{i}", Milliseconds(1_000))).ToList();
        foreach (var echo in late)
            AssertUnavailable(RedisUnavailableReason.TimedOut, sent: true, await FailureOf(echo));
        Assert.InRange(Stopwatch.GetElapsedTime(started), Milliseconds(900), _long);

        var patient = Enumerable.Range(0, 100).Select(i => EchoAsync(redis, $"patient-{i}", _long)).ToList();
        await server.ThawAsync();

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"patient-{i}"), await Task.WhenAll(patient));
    }

    [Fact]
    public async Task A_cancelled_caller_is_released_and_the_replies_of_others_keep_their_order()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await RedisServer.ConnectAsync(Patient(server));
        using var cancellation = new CancellationTokenSource();
        await server.FreezeAsync();

        var given = Enumerable.Range(0, 200)
            .Select(i => CancellableEchoAsync(redis, $"{i}", _long, i % 2 == 0 ? cancellation.Token : Token))
            .ToList();
        await cancellation.CancelAsync();
        for (var i = 0; i < 200; i += 2)
            await Assert.ThrowsAsync<OperationCanceledException>(() => given[i]);
        await server.ThawAsync();

        for (var i = 1; i < 200; i += 2)
            Assert.Equal($"{i}", await given[i]);
        await Assert.ThrowsAsync<TaskCanceledException>(
            () => CancellableEchoAsync(redis, "never", _long, cancellation.Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deadlines_and_cancellations_at_any_moment_never_mix_up_replies(bool inline)
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await RedisServer.ConnectAsync(
            new RedisOptions
            {
                ConnectionString = server.Address,
                InlineCompletions = inline,
                StallTimeout = TimeSpan.FromMinutes(5),
            });
        var answered = 0;

        await Task.WhenAll(Enumerable.Range(0, 32).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                using var cancellation = new CancellationTokenSource();
                var word = new string((char)('a' + i % 26), 1 + i * 37 % 900) + $"{caller}:{i}";
                var timeout = i % 5 == 0 ? Milliseconds(1) : _long;
                var echo = CancellableEchoAsync(redis, word, timeout, cancellation.Token);
                if (i % 3 == 0)
                    await cancellation.CancelAsync();
                try
                {
                    Assert.Equal(word, await echo);
                    Interlocked.Increment(ref answered);
                }
                catch (Exception exception) when (exception is OperationCanceledException or RedisUnavailableException)
                {
                    Assert.True(i % 3 == 0 || i % 5 == 0, $"Call {i} had time, and failed: {exception.Message}");
                }
            }
        })));

        Assert.InRange(answered, 32 * 500, 32 * 1_000);
        Assert.Equal("last", await EchoAsync(redis, "last", _long));
    }

    [Fact]
    public async Task More_commands_than_may_wait_are_refused_at_once()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await RedisServer.ConnectAsync(Patient(server, pendingMax: 5));
        await server.FreezeAsync();

        var waiting = Enumerable.Range(0, 5).Select(i => EchoAsync(redis, $"{i}", _long)).ToList();
        AssertUnavailable(
            RedisUnavailableReason.Overloaded, sent: false, await FailureOf(EchoAsync(redis, "sixth", _long)));
        await server.ThawAsync();

        Assert.Equal(["0", "1", "2", "3", "4"], await Task.WhenAll(waiting));
        Assert.Equal("again", await EchoAsync(redis, "again", _long));
    }

    [Fact]
    public async Task More_bytes_than_may_wait_are_refused_at_once()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await RedisServer.ConnectAsync(new RedisOptions
        {
            ConnectionString = server.Address,
            UnsentBytesMax = 4_096,
        });

        AssertUnavailable(
            RedisUnavailableReason.Overloaded, sent: false,
            await FailureOf(EchoAsync(redis, new string('x', 5_000), _long)));
        Assert.Equal("small", await EchoAsync(redis, "small", _long));
    }

    [Fact]
    public async Task A_killed_server_fails_what_is_in_flight_as_unknown_then_all_at_once_until_it_is_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await RedisServer.ConnectAsync(Patient(server));
        await server.FreezeAsync();
        var pending = Enumerable.Range(0, 50).Select(i => EchoAsync(redis, $"{i}", _long)).ToList();

        await server.KillAsync();
        foreach (var echo in pending)
            AssertUnavailable(RedisUnavailableReason.ConnectionLost, sent: true, await FailureOf(echo));

        await RedisServer.UntilAsync(() => Task.FromResult(!redis.IsConnected), "the loss is noticed");
        var started = Stopwatch.GetTimestamp();
        AssertUnavailable(
            RedisUnavailableReason.NotConnected, sent: false, await FailureOf(EchoAsync(redis, "down", _long)));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, _long / 2);

        await server.RestartAsync();
        await RedisServer.UntilConnectedAsync(redis);
        Assert.Equal("back", await EchoAsync(redis, "back", _long));
    }

    [Fact]
    public async Task What_had_not_left_yet_when_the_server_died_is_known_not_to_have_been_carried_out()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await RedisServer.ConnectAsync(Patient(server));
        await server.FreezeAsync();

        // More than the sockets' buffers take: the write does not end, and what follows waits behind it.
        var leaving = EchoAsync(redis, new string('x', 30 << 20), _long);
        var waiting = EchoAsync(redis, "waiting", _long);
        await server.KillAsync();

        AssertUnavailable(RedisUnavailableReason.ConnectionLost, sent: true, await FailureOf(leaving));
        AssertUnavailable(RedisUnavailableReason.ConnectionLost, sent: false, await FailureOf(waiting));
    }

    [Fact]
    public async Task A_connection_that_stays_silent_is_replaced()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await RedisServer.ConnectAsync(new RedisOptions
        {
            ConnectionString = server.Address,
            StallTimeout = Milliseconds(500),
            ConnectTimeout = Milliseconds(300),
        });
        await server.FreezeAsync();

        AssertUnavailable(
            RedisUnavailableReason.ConnectionLost, sent: true, await FailureOf(EchoAsync(redis, "silence", _long)));
        await RedisServer.UntilAsync(
            async () => (await FailureOf(EchoAsync(redis, "down", _long)))
                .Message.Contains("did not greet", StringComparison.Ordinal),
            "a server that accepts and does not answer is given up");

        await server.ThawAsync();

        // A busy machine may be silent for that long once more.
        await RedisServer.UntilAsync(
            async () => await EchoAsync(redis, "back", _long) == "back", "the server that answers again is spoken to");
    }

    [Fact]
    public async Task A_client_made_before_its_server_connects_when_the_server_comes()
    {
        await using var server = await RedisServer.StartAsync();
        await server.KillAsync();
        await using var redis = new RedisClient(Patient(server));

        Assert.False(redis.IsConnected);
        AssertUnavailable(
            RedisUnavailableReason.NotConnected, sent: false, await FailureOf(EchoAsync(redis, "early", _long)));

        await server.RestartAsync();
        await RedisServer.UntilConnectedAsync(redis);
        Assert.Equal("there", await EchoAsync(redis, "there", _long));
    }

    [Fact]
    public async Task A_closed_client_fails_what_is_in_flight_and_what_comes_after()
    {
        await using var server = await RedisServer.StartAsync();
        var redis = await RedisServer.ConnectAsync(Patient(server));
        await server.FreezeAsync();
        var pending = EchoAsync(redis, "pending", _long);

        await redis.DisposeAsync();
        await redis.DisposeAsync();

        AssertUnavailable(RedisUnavailableReason.ConnectionLost, sent: true, await FailureOf(pending));
        AssertUnavailable(
            RedisUnavailableReason.NotConnected, sent: false, await FailureOf(EchoAsync(redis, "after", _long)));
    }

    [Fact]
    public async Task A_call_without_time_left_is_not_sent()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await RedisServer.ConnectAsync(Patient(server));

        AssertUnavailable(
            RedisUnavailableReason.TimedOut, sent: false,
            await FailureOf(EchoAsync(redis, "none", TimeSpan.Zero)));
    }

    private static RedisOptions Patient(RedisServer server, int pendingMax = 1_000) => new()
    {
        ConnectionString = server.Address,
        StallTimeout = TimeSpan.FromMinutes(5),
        PendingCommandsMax = pendingMax,
    };

    private static Task<string> EchoAsync(RedisClient redis, string word, TimeSpan timeout) =>
        CancellableEchoAsync(redis, word, timeout, Token);

    private static async Task<string> CancellableEchoAsync(
        RedisClient redis, string word, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var arguments = RedisArguments.Rent();
        return (await redis.ExecuteAsync("ECHO", arguments.Argument(word), timeout, cancellationToken)).AsString()!;
    }

    private static async Task<RedisUnavailableException> FailureOf(Task<string> echo) =>
        await Assert.ThrowsAsync<RedisUnavailableException>(() => echo);

    private static void AssertUnavailable(
        RedisUnavailableReason reason, bool sent, RedisUnavailableException exception)
    {
        Assert.Equal(reason, exception.Reason);
        Assert.Equal(sent, exception.Sent);
    }

    private static TimeSpan Milliseconds(int count) => TimeSpan.FromMilliseconds(count);
}
