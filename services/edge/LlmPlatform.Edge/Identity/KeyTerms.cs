using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Edge.Identity;

/// <summary>What a key may be asked to be, and what to say of what it may not.</summary>
internal static class KeyTerms
{
    private const int MaxNameLength = 200;
    private const int MaxPatterns = 100;
    private const int MaxEntries = 50;
    private const int MaxValueLength = 1000;
    private const string Never = "never";

    // Ids and the names of tokens' callers begin so: a key that does could be taken for another.
    private static readonly string[] ReservedPrefixes = ["key_", "jwt:"];

    public static ProblemHttpResult? FaultOfName(string? name) =>
        name is not { Length: > 0 and <= MaxNameLength } || name.Any(char.IsWhiteSpace)
            ? AdminProblem.Invalid("invalid_name", $"'name' must be 1 to {MaxNameLength} characters without spaces.")
        : ReservedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            ? AdminProblem.Invalid(
                "invalid_name", $"'name' may not begin with {string.Join(" or ", ReservedPrefixes)}.")
        : null;

    public static async Task<ProblemHttpResult?> FaultAsync(
        string tenant,
        string? team,
        string? user,
        IReadOnlyList<string>? models,
        string? expires,
        IReadOnlyDictionary<string, string>? metadata,
        DateTimeOffset now,
        EdgeDbContext database,
        CancellationToken cancellationToken)
    {
        if (user is not null && TenantEndpoints.FaultOfName(user) is not null)
        {
            return AdminProblem.Invalid(
                "invalid_user", $"'user' is 1 to {MaxNameLength} characters without spaces and slashes.");
        }

        if (models is { Count: 0 or > MaxPatterns }
            || models?.Any(pattern => pattern is not { Length: > 0 and <= MaxNameLength }) is true)
        {
            return AdminProblem.Invalid(
                "invalid_models",
                $"'models' lists 1 to {MaxPatterns} names or patterns such as gpt-4o*, each of 1 to {MaxNameLength} "
                + "characters.");
        }

        if (expires is not null && expires != Never && ExpiryOf(expires, now) is null)
        {
            return AdminProblem.Invalid(
                "invalid_expires",
                "'expires' must be a length such as 12h or 30d, a moment such as 2027-01-31T00:00:00Z, or never.");
        }

        if (metadata?.Count > MaxEntries || metadata?.Any(entry => !IsEntry(entry)) is true)
        {
            return AdminProblem.Invalid(
                "invalid_metadata",
                $"'metadata' holds at most {MaxEntries} entries, names of 1 to {MaxNameLength} characters, texts of at "
                + $"most {MaxValueLength}.");
        }

        if (metadata?.GetValueOrDefault(TagText.MetadataEntry) is { } tags && !TagText.TryParse(tags, out _))
        {
            return AdminProblem.Invalid(
                "invalid_metadata", $"'metadata.{TagText.MetadataEntry}' must be {TagText.Form}.");
        }

        return team is null || await database.Teams.AnyAsync(
            known => known.Tenant == tenant && known.Name == team, cancellationToken)
            ? null
            : AdminProblem.Invalid("team_not_found", $"The tenant '{tenant}' has no team '{team}'.");
    }

    private static bool IsEntry(KeyValuePair<string, string> entry) =>
        entry is { Key.Length: > 0 and <= MaxNameLength, Value.Length: <= MaxValueLength };

    /// <summary>When a key ends that is to expire so; null: never, or not to be read.</summary>
    public static DateTimeOffset? ExpiryOf(string? expires, DateTimeOffset now)
    {
        if (MomentText.TryParse(expires, out var moment))
        {
            return moment;
        }

        return DurationText.TryParse(expires, out var length) && length < DateTimeOffset.MaxValue - now
            ? now + length
            : null;
    }
}
