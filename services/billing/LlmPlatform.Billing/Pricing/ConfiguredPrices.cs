using LlmPlatform.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Billing.Pricing;

/// <summary>
/// Brings the prices that the configuration file declares into the price book, at start and on every change of the
/// file, and then follows what other replicas publish.
/// </summary>
internal sealed partial class ConfiguredPrices(
    IServiceScopeFactory scopes,
    IPlatformConfigurationSource configuration,
    PriceShelf shelf,
    PricingOptions options,
    TimeProvider clock,
    ILogger<ConfiguredPrices> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var follow = configuration.OnChange(ApplyAsync);
        var applied = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!applied)
                {
                    await ApplyAsync(configuration.Current, stoppingToken);
                    applied = true;
                }

                await shelf.RefreshAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                NotApplied(fault.GetType().Name);
            }

            await Task.Delay(options.RefreshInterval, clock, stoppingToken);
        }
    }

    private async Task ApplyAsync(PlatformConfiguration declared, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var writer = scope.ServiceProvider.GetRequiredService<PriceBookWriter>();
        await writer.ApplyAsync(DeclaredPrices.Of(declared), cancellationToken);
        if (await shelf.RefreshAsync(cancellationToken) is { } book)
        {
            Applied(book.Snapshot.Version, book.Snapshot.Prices.Count);
        }
    }

    [LoggerMessage(LogLevel.Information, "Price book {Version} is in force: {Prices} prices")]
    private partial void Applied(long version, int prices);

    [LoggerMessage(LogLevel.Warning, "The price book cannot be brought up to date yet ({Fault})")]
    private partial void NotApplied(string fault);
}
