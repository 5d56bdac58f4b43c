using System.Collections.Concurrent;
using LlmPlatform.Quota;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// Decides about calls while Redis is away. Whoever goes on is named by its usage to the budgets that count it, so that
/// it is settled from the spool when Redis is back.
/// </summary>
internal sealed class UncheckedAdmission(RedisAwayOptions options, GatewayMetrics metrics, TimeProvider clock)
{
    private const int KeysMax = 100_000;

    private readonly LocalShares _shares = new(clock);
    private readonly ConcurrentDictionary<(string KeyId, long Window), int> _allowed = new();

    /// <summary>Whether a call goes on.</summary>
    public bool Admits(GatewayCall call, ApplicableLimits applicable, CallEstimate estimate)
    {
        // Nothing to enforce: there is nothing that Redis could say.
        if (!applicable.HasEnforcedBudget && !applicable.RateLimits.Any())
        {
            return true;
        }

        var mode = ModeOf(call);
        var goesOn = mode switch
        {
            RedisAwayMode.Observe => true,
            RedisAwayMode.Allowlist => TakePlace(call.Caller!.KeyId),
            RedisAwayMode.LocalShare => TakeShare(call, applicable, estimate),
            _ => false,
        };
        metrics.Unchecked(mode, goesOn);
        return goesOn;
    }

    private bool TakeShare(GatewayCall call, ApplicableLimits applicable, CallEstimate estimate)
    {
        call.LocalPlaces = _shares.TryTake(
            applicable,
            estimate.MostNanoUsd,
            estimate.MostTokens,
            options.Share,
            options.Edges);
        return call.LocalPlaces is not null;
    }

    private RedisAwayMode ModeOf(GatewayCall call)
    {
        var caller = call.Caller!;
        return caller.KeyName is { } key && options.Keys.TryGetValue(key, out var ofKey) ? ofKey
            : options.Tenants.TryGetValue(caller.Tenant, out var ofTenant) ? ofTenant
            : options.Mode;
    }

    private bool TakePlace(string keyId)
    {
        var window = clock.GetUtcNow().UtcTicks / options.AllowlistWindow.Ticks;
        if (_allowed.Count >= KeysMax)
        {
            _allowed.Clear();
        }

        return _allowed.AddOrUpdate((keyId, window), 1, (_, taken) => taken + 1) <= options.AllowlistCalls;
    }
}
