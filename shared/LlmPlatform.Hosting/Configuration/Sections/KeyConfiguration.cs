namespace LlmPlatform.Hosting.Configuration;

/// <summary>One entry of <c>keys</c>: a virtual key.</summary>
public sealed record KeyConfiguration
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>The declared tenant it belongs to.</summary>
    public required string Tenant { get; init; }

    /// <summary>The declared team of that tenant; null when it belongs to the tenant alone.</summary>
    public string? Team { get; init; }

    /// <summary>The user its calls are booked to; null when not said.</summary>
    public string? User { get; init; }

    /// <summary>What the caller presents: 16 to 512 characters, no two keys alike.</summary>
    public required Secret Secret { get; init; }

    /// <summary>The models it may call, by pattern. Default all.</summary>
    public GlobList Models { get; init; } = GlobList.Everything;

    /// <summary>How long it lasts from when it was first applied; null: as <see cref="ExpiresAt"/> says.</summary>
    public TimeSpan? ExpiresAfter { get; init; }

    /// <summary>The moment it expires; null: as <see cref="ExpiresAfter"/> says. Both null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What it may do beside calling models. Default user: nothing.</summary>
    public KeyRole Role { get; init; } = KeyRole.User;

    /// <summary>Labels that travel with every call; <c>project</c> is the one that scopes know.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The line of the file it begins on.</summary>
    public int Line { get; init; }
}
