using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>
/// Rebuilds the rollup of each quarter hour that changed, whole, from rows without repeats. A slot is rebuilt by one
/// replica at a time, and again if it changed meanwhile.
/// </summary>
internal sealed partial class RollupSweep(
    IServiceScopeFactory scopes,
    ClickHouseClient clickHouse,
    RollupOptions options,
    TimeProvider clock,
    ILogger<RollupSweep> logger) : BackgroundService
{
    private const string Dimensions =
        "tenant, team, cost_center, project, user_name, key_id, key_name, operation, model_requested, model, "
        + "provider, provider_model, outcome, usage_source, service_tier, region, tag_keys, tag_values, rating_status, "
        + "price_version, price_variant";

    private static readonly string[] Sums =
    [
        "q_input_uncached", "q_cache_read", "q_cache_write_5m", "q_cache_write_1h", "q_output_text",
        "q_output_reasoning", "q_audio_in", "q_audio_out", "q_image_in", "q_image_out", "q_web_search", "q_web_fetch",
        "cost_usd",
    ];

    /// <summary>Everything that a rolled-up row says, but when it is of.</summary>
    public static string Contents { get; } = $"{Dimensions}, requests, {string.Join(", ", Sums)}";

    /// <summary>The statement that rebuilds slots.</summary>
    /// <param name="slots">Seconds since 1970, multiples of 900.</param>
    /// <param name="version">Higher than any before.</param>
    public static string RebuildOf(IReadOnlyCollection<long> slots, long version)
    {
        var list = string.Join(", ", slots.Select(slot => slot.ToString(CultureInfo.InvariantCulture)));
        var hours = string.Join(", ", slots.Select(slot => slot / 3600 * 3600).Distinct().Order()
            .Select(hour => $"toDateTime({hour.ToString(CultureInfo.InvariantCulture)})"));
        var sums = string.Join(", ", Sums.Select(column => $"sum({column})"));
        const string slot = "intDiv(toUInt32(occurred_at), 900) * 900";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            INSERT INTO usage_15m (occurred_at, occurred_hour, rollup_version, {Dimensions}, requests,
                {string.Join(", ", Sums)})
            SELECT toDateTime({slot}) AS slot, any(occurred_hour), {version}, {Dimensions}, count(), {sums}
            FROM usage_events FINAL
            WHERE occurred_hour IN ({hours}) AND {slot} IN ({list})
            GROUP BY slot, {Dimensions}
            """);
    }

    /// <summary>Rebuilds what is behind.</summary>
    /// <returns>How many slots; 0 when none was.</returns>
    public async Task<int> RebuildAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<BillingDbContext>();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var slots = await database.Database.SqlQuery<long>(
            $"""
            SELECT extract(epoch FROM slot)::bigint AS "Value" FROM billing.rollup_slot
            WHERE built < marked ORDER BY slot LIMIT {options.SlotsAtOnce} FOR UPDATE SKIP LOCKED
            """).ToListAsync(cancellationToken);
        if (slots.Count == 0)
        {
            return 0;
        }

        var version = (await database.Database.SqlQuery<long>(
            $"""SELECT nextval('billing.rollup_version') AS "Value" """).ToListAsync(cancellationToken))[0];
        await clickHouse.ExecuteAsync(RebuildOf(slots, version), clickHouse.Database, cancellationToken);

        // The rows are locked: what was marked before the rebuild began is in it.
        var built = slots.ToArray();
        await database.Database.ExecuteSqlAsync(
            $"UPDATE billing.rollup_slot SET built = marked WHERE extract(epoch FROM slot)::bigint = ANY ({built})",
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return slots.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await RebuildAsync(stoppingToken) > 0)
                {
                    stoppingToken.ThrowIfCancellationRequested();
                }
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                NotRebuilt(fault.GetType().Name);
            }

            await Task.Delay(options.Interval, clock, stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The rollups cannot be rebuilt now ({Fault})")]
    private partial void NotRebuilt(string fault);
}
