using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LlmPlatform.Hosting.Redis;

/// <summary>Healthy when a PING is answered within the command timeout.</summary>
internal sealed class RedisHealthCheck(RedisClient redis) : IHealthCheck
{
    internal const string Name = "redis";

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await redis.PingAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is RedisUnavailableException or RedisServerException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception.Message);
        }
    }
}
