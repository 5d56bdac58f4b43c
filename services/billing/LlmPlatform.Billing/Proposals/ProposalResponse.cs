using System.Text.Json;

namespace LlmPlatform.Billing.Proposals;

/// <summary>A proposal, as operators see it.</summary>
internal sealed record ProposalResponse
{
    public required Guid Id { get; init; }

    public required string Kind { get; init; }

    public required string Subject { get; init; }

    public required string Reason { get; init; }

    /// <summary><c>pending</c>, <c>approved</c> or <c>rejected</c>.</summary>
    public required string State { get; init; }

    public required string ProposedBy { get; init; }

    public required DateTimeOffset ProposedAt { get; init; }

    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>What it would change.</summary>
    public required JsonElement Effect { get; init; }

    public static ProposalResponse From(Proposal row) => new()
    {
        Id = row.Id,
        Kind = row.Kind,
        Subject = row.Subject,
        Reason = row.Reason,
        State = row.State,
        ProposedBy = row.ProposedBy,
        ProposedAt = row.ProposedAt,
        DecidedBy = row.DecidedBy,
        DecidedAt = row.DecidedAt,
        Effect = JsonSerializer.Deserialize<JsonElement>(row.Effect),
    };
}
