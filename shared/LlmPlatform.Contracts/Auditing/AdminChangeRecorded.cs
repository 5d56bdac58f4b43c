namespace LlmPlatform.Contracts.Auditing;

/// <summary>
/// An operator, or the configuration file, changed something. Published in the transaction that made the change.
/// </summary>
public sealed record AdminChangeRecorded
{
    /// <summary>Identifies the change; the audit trail keeps it once.</summary>
    public required Guid ChangeId { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Who made it: <c>master</c>, <c>file</c>, or a key's id with its role.</summary>
    public required string Actor { get; init; }

    /// <summary>What was done, for example <c>key.created</c>, <c>budget.changed</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What it was done to, for example <c>key:acme-ci</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>The tenant whose it is; null: nobody's in particular, or written before this was said.</summary>
    public string? Tenant { get; init; }

    /// <summary>What changed, in words or compact JSON; never a secret.</summary>
    public required string Summary { get; init; }
}
