using System.IO.Enumeration;

namespace LlmPlatform.Router.Client;

/// <summary>The rules of a snapshot, asked in their order. Asking allocates nothing.</summary>
internal sealed class RuleBook
{
    private readonly RoutedRule[] _rules;
    private readonly KeyValuePair<string, string>[][] _labels;

    public RuleBook(IEnumerable<RoutedRule> rules)
    {
        _rules = [.. rules.OrderBy(rule => rule.Position)];
        _labels = [.. _rules.Select(rule => rule.KeyMetadata?.ToArray() ?? [])];
        AskForTags = Array.Exists(_rules, rule => rule.Tag is not null);
        AskForPersonalData = Array.Exists(_rules, rule => rule.Pii is not null);
    }

    public bool IsEmpty => _rules.Length == 0;

    /// <summary>Whether any rule depends on personal data: otherwise nobody needs to look for it.</summary>
    public bool AskForPersonalData { get; }

    public bool AskForTags { get; }

    public RoutedRule? Match(in RouteRequest request, int queueDepth)
    {
        for (var i = 0; i < _rules.Length; i++)
        {
            if (Holds(_rules[i], in request, queueDepth) && HasLabels(_labels[i], request.KeyMetadata)
                && IsDrawn(_rules[i], request.Seed))
                return _rules[i];
        }

        return null;
    }

    private static bool Holds(RoutedRule rule, in RouteRequest request, int queueDepth) =>
        (rule.Tenant is null || rule.Tenant == request.Tenant)
        && (rule.TenantTier is null || rule.TenantTier == request.Tier)
        && (rule.Team is null || rule.Team == request.Team)
        && (rule.LatencyClass is null || IsSame(rule.LatencyClass, request.LatencyClass))
        && (rule.Region is null || IsSame(rule.Region, request.Region))
        && (rule.Residency is null || IsSame(rule.Residency, request.Residency))
        && (rule.Pii is null || rule.Pii == request.HasPersonalData)
        && (rule.Stream is null || rule.Stream == request.IsStream)
        && (rule.PromptTokensOver is not { } over || request.PromptTokens > over)
        && (rule.PromptTokensUnder is not { } under || request.PromptTokens < under)
        && (rule.QueueDepthOver is not { } depth || queueDepth > depth)
        && (rule.Tag is null || HasTag(request.Tags, rule.Tag))
        && (rule.Model is null || MatchesAny(rule.Model, request.Model));

    private static bool IsSame(string asked, string? said) =>
        asked.Equals(said, StringComparison.OrdinalIgnoreCase);

    private static bool MatchesAny(IReadOnlyList<string> patterns, string name)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            if (FileSystemName.MatchesSimpleExpression(patterns[i], name, ignoreCase: false))
                return true;
        }

        return false;
    }

    private static bool HasTag(string? tags, string tag)
    {
        if (tags is null)
            return false;
        foreach (var range in tags.AsSpan().Split(','))
        {
            var one = tags.AsSpan(range).Trim();
            var name = one.IndexOf('=') is >= 0 and var end ? one[..end] : one;
            if (one.Equals(tag, StringComparison.OrdinalIgnoreCase)
                || name.Equals(tag, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static bool HasLabels(
        KeyValuePair<string, string>[] asked, IReadOnlyDictionary<string, string>? had)
    {
        foreach (var (name, pattern) in asked)
        {
            if (had is null || !had.TryGetValue(name, out var value)
                || !FileSystemName.MatchesSimpleExpression(pattern, value, ignoreCase: false))
                return false;
        }

        return true;
    }

    // The call's own chance, another for each rule: the same call is always in or out of the same rule.
    private static bool IsDrawn(RoutedRule rule, uint seed) => rule.Percent is not { } percent
        || new PlanRandom(seed ^ ((uint)rule.Position * 0x9E3779B9)).Below(100) < percent;
}
