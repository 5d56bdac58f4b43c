using System.Net.Http.Json;
using System.Text.Json;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Security;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Metering.Limits;
using LlmPlatform.Money.Spending;
using LlmPlatform.Quota;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Metering.Recovery;

/// <summary>
/// Makes the counters of a Redis that was emptied anew, from what billing has. Which generation they are of is kept in
/// PostgreSQL and told to the edges with the limits; a Redis that has an earlier one, or none, has been emptied.
/// </summary>
internal sealed class LostCounters(
    MeteringDbContext database,
    LimitsBook book,
    CounterSeeds seeds,
    IHttpClientFactory clients,
    PlatformEnvironment environment,
    RecoveryOptions options,
    HoldOptions holdOptions,
    TimeProvider clock)
{
    public const string HttpClientName = "metering-billing";

    private const string Actor = "metering";
    private const string Resource = "counters";

    /// <summary>Counters live so long after their period, and late usage is settled in them.</summary>
    public static readonly TimeSpan PeriodsBack = TimeSpan.FromDays(35);

    /// <summary>
    /// Looks whether the counters are those that are expected, and makes them anew where they are not.
    /// </summary>
    /// <returns>True when they had been lost and are here again.</returns>
    /// <exception cref="QuotaUnavailableException">Redis is away.</exception>
    /// <exception cref="HttpRequestException">Billing does not answer: the counters stay lost.</exception>
    public async Task<bool> RestoreAsync(CancellationToken cancellationToken)
    {
        var present = await seeds.ReadGenerationAsync(cancellationToken);
        var expected = (await database.Versions.AsNoTracking().SingleAsync(cancellationToken)).CountersGeneration;
        if (present > 0 && present == expected)
            return false;

        // Writers of limits take turns, and the losers of this one find nothing to do.
        return await book.WriteAsync(
            async () =>
            {
                var version = await database.Versions.SingleAsync(cancellationToken);
                present = await seeds.ReadGenerationAsync(cancellationToken);
                if (present > 0 && present == version.CountersGeneration)
                    return false;
                if (present > version.CountersGeneration)
                    return Adopt(version, present);
                if (version.CountersGeneration == 0)
                    return await BeginAsync(version, cancellationToken);

                await MakeAnewAsync(version, present, "counters.restored", cancellationToken);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Makes the counters anew though none is missed.</summary>
    /// <returns>What they say now, and how many had said something else.</returns>
    /// <exception cref="QuotaUnavailableException">Redis is away.</exception>
    /// <exception cref="HttpRequestException">Billing does not answer: the counters stay as they are.</exception>
    public Task<(CounterSeed Seed, int Differing)> RenewAsync(CancellationToken cancellationToken) => book.WriteAsync(
        async () =>
        {
            var version = await database.Versions.SingleAsync(cancellationToken);
            var present = await seeds.ReadGenerationAsync(cancellationToken);
            return await MakeAnewAsync(version, present, "counters.rebuilt", cancellationToken);
        },
        cancellationToken);

    // Billing is asked first: as long as it does not answer nothing is taken away.
    private async Task<(CounterSeed Seed, int Differing)> MakeAnewAsync(
        LimitsVersion version, long present, string action, CancellationToken cancellationToken)
    {
        var seed = await AskBillingAsync(cancellationToken);
        var next = Math.Max(version.CountersGeneration, present) + 1;
        var differing = await seeds.ReplaceAsync(seed, next, cancellationToken);
        version.CountersGeneration = next;
        book.Note(
            Actor, action, Resource,
            FormattableString.Invariant($"generation {next}: {seed.Periods.Count} budget periods from billing"),
            "global");
        return (seed, differing);
    }

    // What was written to Redis last time, and then not here.
    private bool Adopt(LimitsVersion version, long present)
    {
        version.CountersGeneration = present;
        book.Note(Actor, "counters.adopted", Resource, FormattableString.Invariant($"generation {present}"), "global");
        return false;
    }

    // Nobody has looked for losses so far: the counters are what they are, and from here on they can be missed.
    private async Task<bool> BeginAsync(LimitsVersion version, CancellationToken cancellationToken)
    {
        await seeds.WriteAsync(new CounterSeed(), 1, cancellationToken);
        version.CountersGeneration = 1;
        book.Note(Actor, "counters.begun", Resource, "generation 1", "global");
        return false;
    }

    private async Task<CounterSeed> AskBillingAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var ended = now - PeriodsBack;
        var since = await database.Periods.Where(period => period.EndsAt > ended)
            .MinAsync(period => (DateTimeOffset?)period.StartsAt, cancellationToken) ?? ended;
        var ofTokens = await database.Budgets.Where(budget => budget.LimitTokens != null)
            .Select(budget => budget.Id)
            .ToHashSetAsync(cancellationToken);
        var spending = await AskBillingAsync(since, now - holdOptions.MarkerTtl, cancellationToken);
        return new CounterSeed
        {
            Periods =
            [
                .. spending.Periods.Select(period => new SeededPeriod(
                    period.BudgetId,
                    period.PeriodId,
                    ofTokens.Contains(period.BudgetId) ? period.SpentTokens : period.SpentNanoUsd)),
            ],
            Through =
            [
                .. spending.Through.Select(spool => new UsageOrigin(spool.EdgeId, spool.Epoch, spool.Sequence)),
            ],
            Events =
            [
                .. spending.Events.Select(counted =>
                    new SeededEvent(counted.EventId, counted.EventVersion, counted.CostNanoUsd)
                    {
                        Tokens = counted.Tokens,
                    }),
            ],
        };
    }

    private async Task<BudgetSpending> AskBillingAsync(
        DateTimeOffset since, DateTimeOffset eventsSince, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.BillingTimeout);
        using var http = clients.CreateClient(HttpClientName);
        var question = FormattableString.Invariant(
            $"/internal/v1/budget-spending?since={since.ToUnixTimeMilliseconds()}")
            + FormattableString.Invariant($"&events_since={eventsSince.ToUnixTimeMilliseconds()}");
        using var response = await ServiceCall.SendAsync(
            http,
            environment.MasterKey,
            () => new HttpRequestMessage(HttpMethod.Get, new Uri(environment.UrlOf("billing"), question)),
            deadline.Token);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<BudgetSpending>(SnapshotFeeds.Json, deadline.Token)
            ?? throw new JsonException("Billing's answer is empty.");
    }
}
