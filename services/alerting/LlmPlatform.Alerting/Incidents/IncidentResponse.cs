using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Incidents;

/// <summary>An incident as operators see it.</summary>
internal sealed record IncidentResponse
{
    public required Guid Id { get; init; }

    public required string Condition { get; init; }

    public required string Subject { get; init; }

    /// <summary>How often it has been so.</summary>
    public required int Episode { get; init; }

    public required AlertSeverity Severity { get; init; }

    public required string Title { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Null while it lasts.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    public static IncidentResponse Of(Incident incident) => new()
    {
        Id = incident.Id,
        Condition = incident.Condition,
        Subject = incident.Subject,
        Episode = incident.Episode,
        Severity = incident.Severity,
        Title = incident.Title,
        OpenedAt = incident.OpenedAt,
        ResolvedAt = incident.ResolvedAt,
    };
}
