using System.Text.Json;
using LlmPlatform.Metering.Limits;
using LlmPlatform.Quota;
using LlmPlatform.TestKit;

namespace LlmPlatform.Metering.Tests.Budgets;

/// <summary>
/// More than a budget's limit for a while: asked for by one, approved by another, ended by the clock.
/// </summary>
public sealed class BudgetIncreaseTests
{
    private const string Path = "/admin/v1/budgets/acme-month";
    private const string Increases = Path + "/increases";

    private static readonly (string, string) _sweepOften = ("Metering:Budgets:SweepInterval", "00:00:00.200");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_increase_that_another_person_approves_admits_and_rearms_until_it_is_taken_back()
    {
        var budget = Given.Budget();
        var id = Given.IdOf(budget);
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(budget), _sweepOften);
        var now = TimeProvider.System.GetUtcNow();
        await replica.Holds.SettleAsync(Given.Usage(1, Given.Usd, now, MeteringReplica.Held(budget)), Token);
        await UntilAsync(() => replica.Crossings.Of(id).Count == 3, "the limit is spent");
        Assert.Equal(AdmissionOutcome.BudgetExceeded, (await replica.ReserveAsync(1)).Outcome);

        var asked = await AskAsync(replica, new { amount_usd = 9, until = now.AddDays(1), reason = "launch week" });
        var (own, problem) = await ApproveAsync(replica, asked, "ann");
        Assert.Equal((409, "same_person"), (own, problem.GetProperty("type").GetString()));
        Assert.Equal(1m, (await StatementAsync(replica)).GetProperty("limit_usd").GetDecimal());
        var (approved, increase) = await ApproveAsync(replica, asked, "bo");
        Assert.Equal((200, "in_force"), (approved, increase.GetProperty("state").GetString()));
        Assert.Equal(409, (await ApproveAsync(replica, asked, "cy")).Status);

        await replica.SweepAsync();
        Assert.Equal(AdmissionOutcome.Admitted, (await replica.ReserveAsync(Given.Usd)).Outcome);
        var statement = await StatementAsync(replica);
        Assert.Equal(10m, statement.GetProperty("limit_usd").GetDecimal());
        var shown = Assert.Single(statement.GetProperty("increases").EnumerateArray());
        Assert.Equal(
            (9m, "master:ann", "master:bo", "launch week"),
            (shown.GetProperty("amount_usd").GetDecimal(), shown.GetProperty("asked_by").GetString(),
                shown.GetProperty("approved_by").GetString(), shown.GetProperty("reason").GetString()));
        await UntilAsync(
            async () => await replica.StateAsync(id, MeteringReplica.CurrentPeriod(budget).Id) is
                { CurrentState: "Open", AnnouncedBasisPoints: [] },
            "a tenth of the limit is spent");

        var (withdrawn, _) = await replica.CallAsync(HttpMethod.Delete, $"{Increases}/{asked}", person: "ann");
        Assert.Equal(204, withdrawn);
        await UntilAsync(() => replica.Crossings.Of(id).Count == 6, "each threshold is told once more");
        Assert.Equal(AdmissionOutcome.BudgetExceeded, (await replica.ReserveAsync(1)).Outcome);
        await replica.UntilQuietAsync();
        Assert.Equal(
            [8_000, 8_000, 9_000, 9_000, 10_000, 10_000], replica.Crossings.Of(id).Order());
        Assert.Equal(409, (await ApproveAsync(replica, asked, "cy")).Status);
    }

    [Fact]
    public async Task An_increase_ends_with_its_instant_though_nobody_does_anything()
    {
        var budget = Given.Budget();
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(budget));
        // What is done for the first time takes longest.
        await AskAsync(replica, new
        {
            amount_usd = 1, until = TimeProvider.System.GetUtcNow().AddDays(1), reason = "another that nobody approves",
        });
        var until = TimeProvider.System.GetUtcNow().AddSeconds(5);
        var asked = await AskAsync(replica, new { amount_usd = 9, until, reason = "a moment" });
        var (status, increase) = await ApproveAsync(replica, asked, "bo");

        // On a machine that took longer than that to approve it there was nothing to approve.
        Assert.True(status == 200 || increase.GetProperty("type").GetString() == "increase_decided");
        var limits = new HashSet<decimal>();
        await UntilAsync(
            async () =>
            {
                var statement = await StatementAsync(replica);
                limits.Add(statement.GetProperty("limit_usd").GetDecimal());
                return TimeProvider.System.GetUtcNow() > until && statement.GetProperty("limit_usd").GetDecimal() == 1;
            },
            "the limit is what it was");
        Assert.All(limits, limit => Assert.Contains(limit, new[] { 1m, 10m }));
        await UntilAsync(
            async () => (await replica.ReserveAsync(2 * Given.Usd)).Outcome == AdmissionOutcome.BudgetExceeded,
            "what is beyond the limit is refused again");
        var shown = Assert.Single(
            (await StatementAsync(replica)).GetProperty("increases").EnumerateArray(),
            one => one.GetProperty("id").GetString() == asked);
        Assert.Equal(status == 200 ? "over" : "lapsed", shown.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("""{"amount_tokens":5,"until":"2999-01-01T00:00:00Z","reason":"r"}""", "invalid_amount_tokens")]
    [InlineData("""{"until":"2999-01-01T00:00:00Z","reason":"r"}""", "invalid_amount_usd")]
    [InlineData("""{"amount_usd":5,"reason":"r"}""", "invalid_until")]
    [InlineData("""{"amount_usd":5,"until":"2026-11-02T00:00:00Z"}""", "invalid_reason")]
    [InlineData("""{"amount_usd":5,"until":"2026-11-02T00:00:00Z","reason":"r"}""", null)]
    public void An_increase_that_cannot_be_asked_for_says_why(string body, string? code)
    {
        var now = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var budget = Budget.Named("b", "global", countsTokens: false, now);
        var request = RequestJson.Read<Metering.Budgets.BudgetIncreaseRequest>(body);

        Assert.Equal(code, request.Fault(budget, now)?.ProblemDetails.Type);
    }

    [Fact]
    public void At_any_instant_whoever_knows_more_has_the_higher_revision_and_the_limit_is_the_sum_of_what_holds()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var at = DateTimeOffset.UnixEpoch;
            var budget = Budget.Named("b", "global", countsTokens: false, at);
            budget.Declare(BudgetTerms.Of(Given.Budget(limitUsd: 1)), DeclaredBy.Api, at);
            var known = new List<(DateTimeOffset At, BudgetDefinition Definition)> { (at, budget.Definition()) };
            for (var step = 0; step < 12; step++)
            {
                at = at.AddSeconds(random.Next(1, 20));
                Change(budget, random, at, step);
                known.Add((at, budget.Definition()));
            }

            for (var instant = DateTimeOffset.UnixEpoch; instant < at.AddSeconds(60); instant = instant.AddSeconds(1))
                Check(seed, known, instant);
        }
    }

    private static void Change(Budget budget, Random random, DateTimeOffset at, int step)
    {
        var open = budget.Increases.Where(increase => increase.IsOpenAt(at)).ToList();
        switch (random.Next(4))
        {
            case 0:
                var limit = random.Next(1, 100);
                budget.Declare(BudgetTerms.Of(Given.Budget(limitUsd: limit)), DeclaredBy.Api, at);
                break;
            case 1 when open.Count > 0:
                budget.Withdraw(open[random.Next(open.Count)], at);
                break;
            default:
                var increase = new BudgetIncrease
                {
                    Id = Guid.NewGuid(),
                    BudgetId = budget.Id,
                    Amount = random.Next(1, 1_000),
                    Until = at.AddSeconds(random.Next(1, 60)),
                    Reason = $"step {step}",
                    AskedBy = "ann",
                    AskedAt = at,
                };
                budget.Increases.Add(increase);
                if (random.Next(3) > 0)
                    budget.Approve(increase, "bo", at);
                break;
        }
    }

    // Of all that is known at an instant, each by the one who learned it last: what the newest says has the highest
    // revision ever seen by then, and two that say the same revision say the same limit.
    private static void Check(
        int seed, List<(DateTimeOffset At, BudgetDefinition Definition)> known, DateTimeOffset instant)
    {
        var now = known.Where(state => state.At <= instant).Select(state => state.Definition).ToList();
        var newest = now[^1].InForceAt(instant);
        var added = now[^1].Increases.Where(one => one.From <= instant && instant < one.Until).Sum(one => one.Amount);
        Assert.Equal(now[^1].Limit + added, newest.Limit);
        Assert.True(newest.From <= instant && instant < newest.Until);
        foreach (var older in now)
        {
            var inForce = older.InForceAt(instant);
            Assert.True(inForce.Revision <= newest.Revision, $"seed {seed}, {instant:T}");
            Assert.True(
                inForce.Revision < newest.Revision || inForce.Limit == newest.Limit, $"seed {seed}, {instant:T}");
            var before = older.InForceAt(instant.AddSeconds(-1));
            Assert.True(before.Revision <= newest.Revision, $"seed {seed}, {instant:T}");
            Assert.True(
                before.Revision < newest.Revision || before.Limit == newest.Limit, $"seed {seed}, {instant:T}");
        }
    }

    private static async Task<string> AskAsync(MeteringReplica replica, object request)
    {
        var (status, increase) = await replica.CallAsync(HttpMethod.Post, Increases, request, person: "ann");
        Assert.Equal((201, "asked"), (status, increase.GetProperty("state").GetString()));
        return increase.GetProperty("id").GetString()!;
    }

    private static Task<(int Status, JsonElement Body)> ApproveAsync(
        MeteringReplica replica, string increase, string person) =>
        replica.CallAsync(HttpMethod.Post, $"{Increases}/{increase}/approve", person: person);

    private static async Task<JsonElement> StatementAsync(MeteringReplica replica) =>
        (await replica.CallAsync(HttpMethod.Get, Path)).Body;

    private static Task UntilAsync(Func<Task<bool>> holds, string because) =>
        Eventually.UntilAsync(holds, MeteringReplica.Deadline, because, Token);

    private static Task UntilAsync(Func<bool> holds, string because) =>
        Eventually.UntilAsync(holds, MeteringReplica.Deadline, because, Token);
}
