namespace LlmPlatform.Small;

internal sealed class FailingLoop : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        throw new InvalidOperationException("The loop was told to fail.");
    }
}
