namespace LlmPlatform.Quota;

/// <summary>Who calls what: everything a limit's or budget's scope can be matched with.</summary>
public readonly record struct CallerScopes
{
    /// <summary>The tenant that pays.</summary>
    public required string Tenant { get; init; }

    /// <summary>The team's name within the tenant.</summary>
    public string? Team { get; init; }

    /// <summary>The user.</summary>
    public string? User { get; init; }

    /// <summary>The virtual key's id.</summary>
    public required string KeyId { get; init; }

    /// <summary>The virtual key's name; a scope may name a key either way.</summary>
    public string? KeyName { get; init; }

    /// <summary>The published model asked for.</summary>
    public string? Model { get; init; }

    /// <summary>The tenant's tier.</summary>
    public string? Tier { get; init; }

    /// <summary>The project named in the metadata of the key or the call.</summary>
    public string? Project { get; init; }

    /// <summary>The path of the public API, such as <c>/v1/chat/completions</c>.</summary>
    public string? Route { get; init; }

    /// <summary>The caller's address, for limits that count each address.</summary>
    public string? ClientAddress { get; init; }
}
