using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Catalog;
using LlmPlatform.Router.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Router.Publishing;

/// <summary>
/// While it is this replica's turn: probes the providers and publishes what changed. Otherwise: keeps the snapshot at
/// hand and asks for the turn. All that a successor needs is in the database.
/// </summary>
internal sealed partial class PublisherLoop(
    PublisherTurn turn,
    ProviderWatch watch,
    PromiseWatch promises,
    ConditionAnnouncer conditions,
    DeploymentPerformance performance,
    SnapshotPublisher publisher,
    SnapshotShelf shelf,
    PublishSignal signal,
    IPlatformConfigurationSource configuration,
    CatalogSource source,
    IServiceScopeFactory scopes,
    PublishingOptions options,
    ILogger<PublisherLoop> logger) : BackgroundService
{
    private bool _publishing;
    private bool _faulty;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var changes = configuration.OnChange((_, _) =>
        {
            signal.Raise();
            return Task.CompletedTask;
        });
        try
        {
            while (true)
            {
                await LookAsync(stoppingToken);
                await signal.WaitAsync(options.TurnInterval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is how this loop ends.
        }
        finally
        {
            await watch.StopAsync();
            await turn.DisposeAsync();
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await turn.HoldsAsync(stoppingToken))
                await LeadAsync(stoppingToken);
            else
                await FollowAsync(stoppingToken);
            _faulty = false;
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            // The loop must live: whatever failed is tried again at the next turn. Said once an outage, not once a
            // second.
            await watch.StopAsync();
            if (!_faulty)
                Failed(fault);
            _faulty = true;
        }
    }

    private async Task LeadAsync(CancellationToken stoppingToken)
    {
        if (!_publishing)
            TookTurn();
        _publishing = true;
        var catalogue = await ReadAsync(stoppingToken);
        await watch.FollowAsync(catalogue, stoppingToken);
        await promises.JudgeAsync(catalogue, stoppingToken);

        if (await publisher.PublishIfChangedAsync(stoppingToken) is not null)
            await shelf.RefreshAsync(stoppingToken);

        // Last: what is told of the catalogue must hold up nothing that serves.
        await conditions.SayAsync(stoppingToken);
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        if (_publishing)
            LostTurn();
        _publishing = false;
        await watch.StopAsync();
        performance.Follow(await ReadAsync(stoppingToken));
        await shelf.RefreshAsync(stoppingToken);
    }

    private async Task<PlatformConfiguration> ReadAsync(CancellationToken stoppingToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<RouterDbContext>();
        return await source.ReadAsync(database, stoppingToken);
    }

    [LoggerMessage(LogLevel.Information, "This replica probes providers and publishes the routing snapshot")]
    private partial void TookTurn();

    [LoggerMessage(LogLevel.Information, "Another replica publishes the routing snapshot")]
    private partial void LostTurn();

    [LoggerMessage(LogLevel.Warning, "The routing snapshot cannot be kept up to date; the last one stays in force")]
    private partial void Failed(Exception fault);
}
