using LlmPlatform.Hosting.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Metering.Limits;

/// <summary>
/// Brings the limits and budgets that the configuration file declares into the database: at start and on every change
/// of the file, idempotently, one replica at a time. What left the file is no longer in force.
/// </summary>
internal sealed partial class ConfiguredLimits(
    IServiceScopeFactory scopes,
    IPlatformConfigurationSource configuration,
    TimeProvider clock,
    ILogger<ConfiguredLimits> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private volatile bool _areApplied;

    /// <summary>
    /// True once the file has been applied since this process began. Before that the database may know nothing of what
    /// the file declares, and an edge that took that for all there is would admit without limits.
    /// </summary>
    public bool AreApplied => _areApplied;

    /// <summary>Applies a configuration; a repeat changes nothing.</summary>
    public async Task ApplyAsync(PlatformConfiguration declared, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<MeteringDbContext>();
        var book = scope.ServiceProvider.GetRequiredService<LimitsBook>();
        await book.WriteAsync(
            async () =>
            {
                await ApplyBudgetsAsync(database, book, declared, cancellationToken);
                await ApplyLimitsAsync(database, book, declared, cancellationToken);
                return true;
            },
            cancellationToken);
        _areApplied = true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var follow = configuration.OnChange(ApplyAsync);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ApplyAsync(configuration.Current, stoppingToken);
                break;
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                NotApplied(fault.GetType().Name);
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }

        // Changes are heard of for as long as the subscription is held.
        await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ApplyBudgetsAsync(
        MeteringDbContext database,
        LimitsBook book,
        PlatformConfiguration declared,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var known = await database.Budgets.ToDictionaryAsync(budget => budget.Id, cancellationToken);
        var wanted = declared.Budgets.ToDictionary(
            budget => Budget.IdOf(budget.Name, budget.Scope.ToString(), budget.LimitTokens is not null));

        // First those that go: one with the same name and another scope or unit needs the name.
        var names = declared.Budgets.Select(budget => budget.Name).ToHashSet(StringComparer.Ordinal);
        var gone = known.Values.Where(budget =>
            budget.RetiredAt is null && !wanted.ContainsKey(budget.Id)
            && (budget.Source == DeclaredBy.File || names.Contains(budget.Name)));
        foreach (var budget in gone)
        {
            budget.Retire(now);
            book.Note(DeclaredBy.File, "budget.deleted", $"budget:{budget.Name}", "the file declares it no longer so",
                budget.Scope);
        }

        await database.SaveChangesAsync(cancellationToken);
        foreach (var (id, budget) in wanted)
        {
            if (!known.TryGetValue(id, out var row))
            {
                row = database.Budgets.Add(
                    Budget.Named(budget.Name, budget.Scope.ToString(), budget.LimitTokens is not null, now)).Entity;
            }

            var action = row.Revision == 0 ? "budget.created" : "budget.changed";
            var terms = BudgetTerms.Of(budget);
            if (row.Declare(terms, DeclaredBy.File, now))
                book.Note(DeclaredBy.File, action, $"budget:{budget.Name}", terms.Describe(), row.Scope);
        }
    }

    private async Task ApplyLimitsAsync(
        MeteringDbContext database,
        LimitsBook book,
        PlatformConfiguration declared,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var known = await database.RateLimits.ToDictionaryAsync(limit => limit.Id, cancellationToken);
        foreach (var limit in declared.Limits)
        {
            var (scope, each) = (limit.Scope.ToString(), limit.Each is { } whom ? EnumText.Of(whom) : null);
            var isNew = !known.Remove(RateLimit.IdOf(scope, each), out var row);
            row ??= database.RateLimits.Add(RateLimit.About(scope, each, now)).Entity;
            var figures = RateFigures.Of(limit);
            if (row.Declare(figures, DeclaredBy.File, now))
                book.Note(
                    DeclaredBy.File, isNew ? "limit.created" : "limit.changed", $"limit:{scope}",
                    figures.Describe(), scope);
        }

        foreach (var limit in known.Values.Where(limit => limit.Source == DeclaredBy.File))
        {
            database.RateLimits.Remove(limit);
            book.Note(DeclaredBy.File, "limit.deleted", $"limit:{limit.Scope}", "the file declares it no longer",
                limit.Scope);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Limits and budgets of the file cannot be written to PostgreSQL yet ({Fault})")]
    private partial void NotApplied(string fault);
}
