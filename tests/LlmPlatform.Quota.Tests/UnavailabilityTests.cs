using System.Diagnostics;
using System.Globalization;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Network;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Quota.Tests;

public sealed class UnavailabilityTests(QuotaRedis redis) : IClassFixture<QuotaRedis>
{
    private static readonly TimeSpan BreakerProbe = TimeSpan.FromSeconds(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reserve_that_Redis_answers_too_late_is_undone_and_its_id_is_used_up()
    {
        var budget = Given.Budget(1_000);
        var index = Given.Index(budget);
        var request = Given.NewId();
        var patient = redis.NewLedger();
        var hasty = redis.NewLedger(new HoldOptions { ReserveDeadline = TimeSpan.FromMilliseconds(50) });
        await patient.ReserveAsync(index, 1);
        await redis.PauseWritesAsync();

        var fault = await Assert.ThrowsAsync<QuotaUnavailableException>(
            () => hasty.ReserveAsync(index, 100, request));

        await redis.GoOnAsync();
        Assert.True(fault.OutcomeUnknown);
        await Eventually.UntilAsync(
            async () => (await redis.CommandAsync("GET", $"hold:{{q}}:{request:N}")).AsString(),
            state => state == "ended", TimeSpan.FromSeconds(60), "the reserve is undone", Token);
        Assert.Equal(1, (await patient.ReadAsync(budget)).Held);
        Assert.Equal(AdmissionOutcome.Ended, (await patient.ReserveAsync(index, 100, request)).Outcome);
    }

    [Fact]
    public async Task Callers_do_not_wait_one_after_the_other_for_a_Redis_that_hangs()
    {
        await using var server = await PrivateServers.StartAsync(RealServer.Redis);
        await using var client = new Hosting.Redis.RedisClient(
            new Hosting.Redis.RedisOptions { ConnectionString = server.Redis });
        await client.WaitUntilConnectedAsync(Token);
        await using var ledger = new HoldLedger(client, new HoldOptions
        {
            ReserveTimeout = TimeSpan.FromMilliseconds(100),
            ReserveDeadline = TimeSpan.FromMilliseconds(300),
            BreakerSilence = TimeSpan.FromMilliseconds(300),
            BreakerProbe = BreakerProbe,
        });
        var index = Given.Index(Given.Budget(1_000));
        await Eventually.UntilAsync(
            async () => await IsAdmittedAsync(ledger, index), TimeSpan.FromSeconds(60), "Redis answers", Token);
        await QuotaRedis.PauseWritesAsync(server);
        var began = Stopwatch.GetTimestamp();
        var faults = new List<QuotaUnavailableException>();
        for (var calls = 0; calls < 200; calls++)
            faults.Add(await Assert.ThrowsAsync<QuotaUnavailableException>(() => ledger.ReserveAsync(index, 1)));

        // Some waited, and those that looked whether Redis is back; the others were told at once.
        var looks = (int)(Stopwatch.GetElapsedTime(began) / BreakerProbe);
        Assert.InRange(faults.Count(fault => fault.OutcomeUnknown), 1, 5 + looks);
        await QuotaRedis.GoOnAsync(server);
        await Eventually.UntilAsync(
            async () => await IsAdmittedAsync(ledger, index), TimeSpan.FromSeconds(60), "Redis is found again", Token);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hiccup_refuses_nobody_and_what_is_asked_again_is_held_once(bool breaksConnections)
    {
        var budget = Given.Budget(1_000);
        var index = Given.Index(budget);
        var ledger = redis.NewLedger(new HoldOptions { ReserveDeadline = TimeSpan.FromSeconds(10) });
        await ledger.ReserveAsync(index, 1);
        await using var other = new Hosting.Redis.RedisClient(
            new Hosting.Redis.RedisOptions { ConnectionString = redis.Server.Redis });
        await other.WaitUntilConnectedAsync(Token);
        await other.ExecuteAsync("CLIENT", ["PAUSE", "400", "WRITE"], Token);

        var waiting = Enumerable.Range(0, 8).Select(_ => ledger.ReserveAsync(index, 100, tokens: 7)).ToList();
        if (breaksConnections)
            await other.ExecuteAsync("CLIENT", ["KILL", "TYPE", "normal"], Token);

        var admitted = await Task.WhenAll(waiting);
        Assert.All(admitted, decision => Assert.Equal(
            (AdmissionOutcome.Admitted, 100, 7), (decision.Outcome, decision.HeldNanoUsd, decision.HeldTokens)));
        Assert.Equal(801, (await ledger.ReadAsync(budget)).Held);
    }

    [Fact]
    public async Task A_Redis_that_answers_late_is_not_taken_for_one_that_is_away()
    {
        await using var proxy = new FaultyProxy(
            int.Parse(redis.Server.Redis.Split(':', ',')[1], CultureInfo.InvariantCulture));
        await using var client = new Hosting.Redis.RedisClient(new Hosting.Redis.RedisOptions
        {
            ConnectionString = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{proxy.Port}"),
            CommandTimeout = TimeSpan.FromSeconds(30),
        });
        await client.WaitUntilConnectedAsync(Token);
        await using var ledger = new HoldLedger(client, new HoldOptions
        {
            ReserveDeadline = TimeSpan.FromSeconds(10), BreakerSilence = TimeSpan.FromSeconds(2),
        });
        var budget = Given.Budget(1_000);
        using var limits = Given.Index(budget).Matching(Given.Caller);

        // Code that is run for the first time may take longer than anyone waits.
        await ledger.ReserveAsync(Given.Index(budget), 1);
        proxy.Delay = TimeSpan.FromMilliseconds(300);

        // For longer than the silence that counts each goes on without an answer, and leaves it to its settle to end
        // what Redis has taken for it.
        for (var calls = 0; calls < 80; calls++)
        {
            var request = new AdmissionRequest
            {
                RequestId = Given.NewId(), EstimateNanoUsd = 1, Limits = limits,
            };
            Assert.Null((await ledger.AskAsync(request, Token)).Decision);
        }

        Assert.Equal(
            AdmissionOutcome.Admitted, (await ledger.ReserveAsync(Given.Index(budget), 1)).Outcome);
        Assert.Equal(82, (await ledger.ReadAsync(budget)).Held);
    }

    private static async Task<bool> IsAdmittedAsync(HoldLedger ledger, LimitsIndex index)
    {
        try
        {
            return (await ledger.ReserveAsync(index, 1)).Outcome == AdmissionOutcome.Admitted;
        }
        catch (QuotaUnavailableException)
        {
            return false;
        }
    }

    [Fact]
    public async Task A_caller_that_goes_away_while_it_waits_leaves_no_hold()
    {
        var budget = Given.Budget(1_000);
        var request = Given.NewId();
        var ledger = redis.NewLedger();
        await redis.PauseWritesAsync();
        using var caller = new CancellationTokenSource();
        using var limits = Given.Index(budget).Matching(Given.Caller);
        var waiting = ledger.ReserveAsync(
            new AdmissionRequest
            {
                RequestId = request,
                EstimateNanoUsd = 100,
                Limits = limits,
            },
            caller.Token);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        await redis.GoOnAsync();
        await Eventually.UntilAsync(
            async () => (await redis.CommandAsync("GET", $"hold:{{q}}:{request:N}")).AsString(),
            state => state == "ended", TimeSpan.FromSeconds(60), "the reserve is undone", Token);
        Assert.Equal(0, (await ledger.ReadAsync(budget)).Held);
    }

    [Fact]
    public async Task While_Redis_is_away_every_call_says_so_and_all_counts_are_there_when_it_is_back()
    {
        // Its own server, which keeps what it acknowledged over a kill.
        await using var server = await PrivateServers.StartAsync(RealServer.Redis);
        await using var client = new Hosting.Redis.RedisClient(new Hosting.Redis.RedisOptions
        {
            ConnectionString = server.Redis,
            ReconnectDelayMax = TimeSpan.FromMilliseconds(200),
        });
        await client.WaitUntilConnectedAsync(Token);
        await using var ledger = new HoldLedger(client, QuotaRedis.Patient);
        var budget = Given.Budget(1_000);
        var index = Given.Index(budget);
        var request = Given.NewId();
        var admission = await ledger.ReserveAsync(index, 100, request);
        var usage = Given.Usage(request, admission, 40);

        await server.KillAsync(RealServer.Redis);
        await Assert.ThrowsAsync<QuotaUnavailableException>(() => ledger.ReserveAsync(index, 1));
        await Assert.ThrowsAsync<QuotaUnavailableException>(() => ledger.SettledAsync(usage));
        await Assert.ThrowsAsync<QuotaUnavailableException>(() => ledger.ReadAsync(budget));
        await server.RestartAsync(RealServer.Redis);

        var settled = await Eventually.UntilAsync(
            () => ledger.SettledAsync(usage), _ => true, TimeSpan.FromSeconds(60), "Redis is back", Token);
        Assert.Equal((40, 0), (settled.Budgets[0].Spent, settled.Budgets[0].Held));
    }

    [Fact]
    public async Task A_server_that_refuses_writes_counts_as_away()
    {
        await using var server = await TestServers.StartRedisAsync();
        await using var client = new Hosting.Redis.RedisClient(
            new Hosting.Redis.RedisOptions { ConnectionString = server.Redis });
        await client.WaitUntilConnectedAsync(Token);
        await using var ledger = new HoldLedger(client, QuotaRedis.Patient);
        await client.ExecuteAsync("REPLICAOF", ["127.0.0.1", "1"], Token);

        await Assert.ThrowsAsync<QuotaUnavailableException>(() => ledger.ReserveAsync(Given.Index(Given.Budget(1)), 1));
    }
}
