using System.Text.Json;
using LlmPlatform.Hosting.Snapshots;

namespace LlmPlatform.Quota.Tests;

public sealed class LimitsIndexTests
{
    private static readonly CallerScopes Ann = new()
    {
        Tenant = "acme",
        Team = "search",
        User = "ann",
        KeyId = "key-1",
        KeyName = "acme-ci",
        Model = "deepseek-r1:7b",
        Tier = "premium",
        Project = "x",
        Route = "/v1/embeddings",
        ClientAddress = "10.0.0.7",
    };

    [Theory]
    [InlineData("global", true)]
    [InlineData("tier:premium", true)]
    [InlineData("tenant:acme", true)]
    [InlineData("team:acme/search", true)]
    [InlineData("project:x", true)]
    [InlineData("user:ann", true)]
    [InlineData("key:acme-ci", true)]
    [InlineData("key:key-1", true)]
    [InlineData("model:deepseek-r1:7b", true)]
    [InlineData("route:/v1/embeddings", true)]
    [InlineData("key_model:acme-ci/deepseek-r1:7b", true)]
    [InlineData("key_model:key-1/deepseek-r1:7b", true)]
    [InlineData("ip:10.0.0.7", true)]
    [InlineData("key_model:acme-ci/other", false)]
    [InlineData("ip:10.0.0.8", false)]
    [InlineData("tenant:acm", false)]
    [InlineData("team:globex/search", false)]
    [InlineData("team:search", false)]
    [InlineData("user:bo", false)]
    [InlineData("tier:basic", false)]
    public void A_limit_applies_to_calls_within_its_scope(string scope, bool applies)
    {
        var index = new LimitsIndex(new LimitsSnapshot
        {
            Version = 1,
            Budgets = [Given.Budget(1, scope)],
            RateLimits = [new RateLimitDefinition { Id = "l", Scope = scope, RequestsPerMinute = 1, TokensPerDay = 2 }],
        });
        using var limits = index.Matching(Ann);

        Assert.Equal(applies ? 1 : 0, limits.Budgets.Count());
        Assert.Equal(applies ? 1 : 0, limits.RateLimits.Count());
    }

    [Fact]
    public void A_caller_without_a_name_of_a_kind_meets_no_limit_of_that_kind()
    {
        var bare = new CallerScopes { Tenant = "acme", KeyId = "key-1" };
        string[] scopes = ["team:acme/search", "user:ann", "tier:premium", "project:x", "model:m", "route:/v1/models"];
        using var limits = Given.Index([.. scopes.Select(scope => Given.Budget(1, scope))]).Matching(bare);

        Assert.Empty(limits.Budgets);
    }

    [Fact]
    public void A_budget_shared_by_users_counts_only_them()
    {
        var index = Given.Index(Given.Budget(1, "tenant:acme") with { SharedUsers = ["ann", "bo"] });
        using var ann = index.Matching(Ann);
        using var eve = index.Matching(Ann with { User = "eve" });
        using var nobody = index.Matching(Ann with { User = null });

        Assert.Equal((1, 0, 0), (ann.Budgets.Count(), eve.Budgets.Count(), nobody.Budgets.Count()));
    }

    [Fact]
    public void A_name_longer_than_any_scope_matches_none_and_breaks_nothing()
    {
        var index = Given.Index(Given.Budget(1, "global"), Given.Budget(1, "user:ann"));
        using var limits = index.Matching(Ann with { User = new string('a', 100_000) });

        Assert.Equal("global", limits.Budgets.Single().Scope);
    }

    [Fact]
    public void Whether_any_budget_refuses_is_known_before_Redis_is_asked()
    {
        using var tracked = Given.Index(Given.Budget(1) with { Enforce = false }).Matching(Ann);
        using var enforced = Given.Index(Given.Budget(1)).Matching(Ann);
        using var none = LimitsIndex.Empty.Matching(Ann);

        Assert.Equal(
            (false, true, false), (tracked.HasEnforcedBudget, enforced.HasEnforcedBudget, none.HasEnforcedBudget));
    }

    [Fact]
    public void Matching_allocates_nothing_once_warm()
    {
        var index = new LimitsIndex(new LimitsSnapshot
        {
            Version = 1,
            Budgets = [Given.Budget(1, "global"), Given.Budget(1, "team:acme/search")],
            RateLimits =
            [
                new RateLimitDefinition { Id = "l", Scope = "tier:premium", Each = "user", RequestsPerMinute = 1 },
            ],
        });
        for (var i = 0; i < 100; i++)
            index.Matching(Ann).Dispose();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            index.Matching(Ann).Dispose();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void The_snapshot_reads_back_as_it_was_written()
    {
        var snapshot = new LimitsSnapshot
        {
            Version = 7,
            Budgets =
            [
                Given.Budget(5, "tenant:acme") with
                {
                    PeriodKind = Money.Periods.BudgetPeriodKind.Length,
                    PeriodLength = TimeSpan.FromMinutes(15),
                    TimeZone = "Asia/Taipei",
                    ThresholdBasisPoints = [8_000, 10_000],
                    Channels = ["ops-slack"],
                    SharedUsers = ["ann"],
                },
            ],
            RateLimits =
            [
                new RateLimitDefinition
                {
                    Id = "l", Scope = "tier:basic", Each = "tenant", TokensPerDay = 1, Burst = 2,
                },
            ],
        };
        var json = JsonSerializer.Serialize(snapshot, SnapshotFeeds.Json);
        var back = JsonSerializer.Deserialize<LimitsSnapshot>(json, SnapshotFeeds.Json)!;

        Assert.Equal(json, JsonSerializer.Serialize(back, SnapshotFeeds.Json));
        Assert.Equal(snapshot.RateLimits, back.RateLimits);
        Assert.Equal(7, LimitsSnapshots.Source.VersionOf(back));
        Assert.Equal(TimeSpan.FromMinutes(15), back.Budgets[0].Calendar().Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("a\tb")]
    public void An_id_that_would_break_a_hold_apart_is_refused(string id) =>
        Assert.Throws<ArgumentException>(() =>
        {
            using var limits = Given.Index(Given.Budget(1, "global") with { Id = id }).Matching(Ann);
            _ = limits.BudgetCounters[0].PeriodAt(TimeProvider.System.GetUtcNow());
        });

    [Fact]
    public void A_definition_changed_by_copying_has_the_calendar_of_its_own_zone()
    {
        var budget = Given.Budget(1);
        Assert.Equal("UTC", budget.Calendar().TimeZone);
        Assert.Equal("Asia/Taipei", (budget with { TimeZone = "Asia/Taipei" }).Calendar().TimeZone);
        Assert.Same(budget.Calendar(), budget.Calendar());
    }
}
