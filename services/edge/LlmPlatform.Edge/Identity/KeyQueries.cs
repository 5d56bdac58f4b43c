namespace LlmPlatform.Edge.Identity;

/// <summary>Which keys there are to ask for.</summary>
internal static class KeyQueries
{
    /// <summary>
    /// Keys that are neither revoked nor paused, themselves or with their user; they may have expired.
    /// </summary>
    public static IQueryable<VirtualKey> InService(this IQueryable<VirtualKey> keys) =>
        keys.Where(key => key.RevokedAt == null
            && key.DeactivatedAt == null
            && (key.Owner == null || key.Owner.DeactivatedAt == null));
}
