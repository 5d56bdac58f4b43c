namespace LlmPlatform.Quota.Tests;

public sealed class WithdrawnSecretsTests(QuotaRedis redis) : IClassFixture<QuotaRedis>
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    private readonly HoldLedger _ledger = redis.NewLedger();
    private readonly WithdrawnSecrets _withdrawn = new(redis.Client);
    private readonly string _secret = Given.NewId().ToString("N");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_withdrawn_secret_is_refused_to_edges_with_older_keys_and_left_to_those_with_newer_ones()
    {
        await _withdrawn.AddAsync([new SecretWithdrawal(_secret, null)], 7, _day, Token);

        Assert.Equal(AdmissionOutcome.Revoked, await AskAsync(_secret, keysVersion: 6));
        Assert.Equal(AdmissionOutcome.Admitted, await AskAsync(_secret, keysVersion: 7));
        Assert.Equal(AdmissionOutcome.Admitted, await AskAsync(_secret, keysVersion: 8));
        Assert.Equal(AdmissionOutcome.Admitted, await AskAsync(Given.NewId().ToString("N"), keysVersion: 6));
        Assert.Equal(AdmissionOutcome.Admitted, await AskAsync(null, keysVersion: 0));
    }

    [Fact]
    public async Task A_later_version_of_the_keys_is_not_overruled_by_an_earlier_one()
    {
        await _withdrawn.AddAsync([new SecretWithdrawal(_secret, null)], 7, _day, Token);
        await _withdrawn.AddAsync(
            [new SecretWithdrawal(_secret, await redis.NowAsync() + _day)], 6, _day, Token);

        Assert.Equal(AdmissionOutcome.Revoked, await AskAsync(_secret, keysVersion: 6));
    }

    [Fact]
    public async Task A_secret_that_was_rotated_out_dies_at_its_instant()
    {
        var dies = await redis.NowAsync() + TimeSpan.FromMilliseconds(700);
        await _withdrawn.AddAsync([new SecretWithdrawal(_secret, dies)], 7, _day, Token);

        AdmissionDecision decision;
        do
        {
            decision = await _ledger.ReserveAsync(Given.Index(Given.Budget(1_000)), secretId: _secret);
            Assert.Equal(
                decision.AdmittedAt < dies ? AdmissionOutcome.Admitted : AdmissionOutcome.Revoked, decision.Outcome);
        }
        while (decision.Outcome == AdmissionOutcome.Admitted);
    }

    [Fact]
    public async Task A_withdrawal_is_remembered_for_as_long_as_it_was_said_and_no_longer()
    {
        await _withdrawn.AddAsync([new SecretWithdrawal(_secret, null)], 7, TimeSpan.FromMinutes(10), Token);
        Assert.Equal(AdmissionOutcome.Revoked, await AskAsync(_secret, keysVersion: 6));
        Assert.InRange(await LeftAsync(_secret), TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));

        var (other, soon) = (Given.NewId().ToString("N"), await redis.NowAsync() + TimeSpan.FromHours(1));
        await _withdrawn.AddAsync([new SecretWithdrawal(other, soon)], 7, _day, Token);
        Assert.InRange(await LeftAsync(other), TimeSpan.FromHours(24.9), TimeSpan.FromHours(25));

        // Redis forgets it by itself, at that time.
        async Task<TimeSpan> LeftAsync(string secret) =>
            TimeSpan.FromMilliseconds((await redis.CommandAsync("PTTL", $"w:{{q}}:{secret}")).AsInt64());
    }

    [Fact]
    public async Task An_emptied_redis_says_so_until_every_withdrawal_was_written_again()
    {
        await redis.CommandAsync("FLUSHALL");
        Assert.Null(await _withdrawn.CompleteToAsync(Token));
        await _withdrawn.AddAsync([new SecretWithdrawal(_secret, null)], 9, _day, Token);
        Assert.Null(await _withdrawn.CompleteToAsync(Token));

        var all = Enumerable.Range(0, 2_500).Select(_ => new SecretWithdrawal(Given.NewId().ToString("N"), null));
        SecretWithdrawal[] many = [.. all];
        await _withdrawn.AddAllAsync(many, 9, _day, Token);
        await _withdrawn.AddAllAsync([], 8, _day, Token);

        Assert.Equal(9, await _withdrawn.CompleteToAsync(Token));
        Assert.Equal(AdmissionOutcome.Revoked, await AskAsync(many[^1].SecretId, keysVersion: 8));
    }

    private async Task<AdmissionOutcome> AskAsync(string? secretId, long keysVersion) =>
        (await _ledger.ReserveAsync(
            Given.Index(Given.Budget(1_000)), secretId: secretId, keysVersion: keysVersion)).Outcome;
}
