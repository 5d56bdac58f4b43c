namespace LlmPlatform.Quota;

/// <summary>A rule and whom it counts this call for.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Tenant">The tenant of a user, because two tenants may each have a user of one name; else null.</param>
/// <param name="Subject">Whom a limit on each counts; null when the scope shares one count.</param>
internal readonly record struct RateCounter(RateRule Rule, string? Tenant, string? Subject)
{
    private const string Nobody = "-";

    internal static RateCounter For(RateRule rule, in CallerScopes caller) => rule.Definition.Each switch
    {
        null => new RateCounter(rule, null, null),
        "tenant" => new RateCounter(rule, null, caller.Tenant),
        "user" => new RateCounter(rule, caller.Tenant, caller.User ?? Nobody),
        "key" => new RateCounter(rule, null, caller.KeyId),
        "ip" => new RateCounter(rule, null, caller.ClientAddress ?? Nobody),

        // An edge of an older version meets a word it does not know: one count for all is the strictest reading.
        _ => new RateCounter(rule, null, null),
    };
}
