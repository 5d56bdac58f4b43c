using System.Collections.Concurrent;
using LlmPlatform.Quota;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// Decides about calls while Redis is away. Whoever goes on is named by its usage to the budgets that count it, so that
/// it is settled from the spool when Redis is back.
/// </summary>
internal sealed class UncheckedAdmission(
    RedisAwayOptions options, EdgeRoster roster, GatewayMetrics metrics, TimeProvider clock)
{
    private const int KeysMax = 100_000;

    private readonly LocalShares _shares = new(clock);
    private readonly ConcurrentDictionary<(string KeyId, long Window), int> _allowed = new();

    /// <summary>Whether a call goes on that Redis has not answered for yet, though it still may.</summary>
    /// <remarks>
    /// One that has nothing to enforce waits: what Redis says about the secret it came with is worth a moment.
    /// </remarks>
    public bool NeedsNoAnswer(GatewayCall call, ApplicableLimits applicable, CallEstimate estimate)
    {
        if (HasNothingToEnforce(applicable))
        {
            return false;
        }

        var mode = ModeOf(call);
        var goesOn = Takes(mode, call, applicable, estimate);
        if (goesOn)
        {
            metrics.Unchecked(mode, goesOn);
        }

        return goesOn;
    }

    /// <summary>Whether a call goes on that Redis does not answer for.</summary>
    public bool Admits(GatewayCall call, ApplicableLimits applicable, CallEstimate estimate)
    {
        // There is nothing that Redis could say.
        if (HasNothingToEnforce(applicable))
        {
            return true;
        }

        var mode = ModeOf(call);
        var goesOn = Takes(mode, call, applicable, estimate);
        metrics.Unchecked(mode, goesOn);
        return goesOn;
    }

    private static bool HasNothingToEnforce(ApplicableLimits applicable) =>
        !applicable.HasEnforcedBudget && !applicable.RateLimits.Any();

    private bool Takes(RedisAwayMode mode, GatewayCall call, ApplicableLimits applicable, CallEstimate estimate) =>
        mode switch
        {
            RedisAwayMode.Observe => true,
            RedisAwayMode.Allowlist => TakePlace(call.Caller!.KeyId),
            RedisAwayMode.LocalShare => TakeShare(call, applicable, estimate),
            _ => false,
        };

    private bool TakeShare(GatewayCall call, ApplicableLimits applicable, CallEstimate estimate)
    {
        call.LocalPlaces = _shares.TryTake(
            applicable,
            estimate.MostNanoUsd,
            estimate.MostTokens,
            options.Share,
            roster.Count);
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
