using Microsoft.Extensions.Hosting;

namespace LlmPlatform.Hosting.Redis;

/// <summary>
/// Gives the first connection its chance before anything else starts, so that an early command does not fail for being
/// early. An absent server delays the start by the connect timeout and does not stop it.
/// </summary>
internal sealed class RedisStart(RedisClient redis, RedisOptions options, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var connected = redis.WaitUntilConnectedAsync(cancellationToken);
        await Task.WhenAny(connected, Task.Delay(options.ConnectTimeout, time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
