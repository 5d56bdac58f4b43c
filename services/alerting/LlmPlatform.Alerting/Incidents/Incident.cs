using LlmPlatform.Hosting.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Alerting.Incidents;

/// <summary>
/// A condition of the platform from its beginning to its end. One for each (condition, subject, episode); the one with
/// the highest episode says how things stand.
/// </summary>
internal sealed class Incident
{
    public required Guid Id { get; init; }

    /// <summary>Counts up: the order incidents are listed in.</summary>
    public long Number { get; init; }

    /// <summary>What, such as <c>provider.down</c>.</summary>
    public required string Condition { get; init; }

    /// <summary>Of what, such as a provider.</summary>
    public required string Subject { get; init; }

    /// <summary>From 1: how often it has been so.</summary>
    public required int Episode { get; init; }

    public required AlertSeverity Severity { get; init; }

    /// <summary>What was told of it.</summary>
    public required string Title { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>
    /// When it is told: at once, or, where the one before of the same subject was told moments ago, a while after that.
    /// One that is over by then is told to nobody.
    /// </summary>
    public required DateTimeOffset ToldAt { get; init; }

    /// <summary>The moment of the newest observation, whatever it said: an older one says nothing more.</summary>
    public required DateTimeOffset HeardAt { get; set; }

    /// <summary>When it counts as over unless it is said again; null: when its end is said.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? ResolvedAt { get; set; }

    public string TroubleKey => FormattableString.Invariant($"{Condition}:{Subject}:{Episode}");

    /// <summary>When the next of the same subject is told that begins at an instant.</summary>
    public DateTimeOffset NextToldAt(DateTimeOffset beginsAt, TimeSpan coolDown)
    {
        // What was over before it was told leaves the next its turn: otherwise one that comes and goes is never told.
        var quietUntil = ResolvedAt <= ToldAt ? ToldAt : ToldAt + coolDown;
        return beginsAt > quietUntil ? beginsAt : quietUntil;
    }

    internal sealed class Mapping : IEntityTypeConfiguration<Incident>
    {
        public void Configure(EntityTypeBuilder<Incident> builder)
        {
            builder.ToTable("incident");
            builder.HasKey(incident => incident.Id).HasName("pk_incident");
            builder.Property(incident => incident.Id).HasColumnName("id").ValueGeneratedNever();
            builder.Property(incident => incident.Number).HasColumnName("number").UseIdentityAlwaysColumn();
            builder.Property(incident => incident.Condition).HasColumnName("condition");
            builder.Property(incident => incident.Subject).HasColumnName("subject");
            builder.Property(incident => incident.Episode).HasColumnName("episode");
            builder.Property(incident => incident.Severity).HasColumnName("severity")
                .HasConversion(severity => EnumText.Of(severity), text => SeverityOf(text));
            builder.Property(incident => incident.Title).HasColumnName("title");
            builder.Property(incident => incident.OpenedAt).HasColumnName("opened_at");
            builder.Property(incident => incident.ToldAt).HasColumnName("told_at");
            builder.Property(incident => incident.HeardAt).HasColumnName("heard_at");
            builder.Property(incident => incident.ExpiresAt).HasColumnName("expires_at");
            builder.Property(incident => incident.ResolvedAt).HasColumnName("resolved_at");
            builder.Ignore(incident => incident.TroubleKey);
            builder.HasIndex(incident => new { incident.Condition, incident.Subject, incident.Episode }).IsUnique()
                .HasDatabaseName("ux_incident_episode");
            builder.HasIndex(incident => incident.Number).IsUnique().HasDatabaseName("ux_incident_number");
            builder.HasIndex(incident => incident.ExpiresAt).HasDatabaseName("ix_incident_expires")
                .HasFilter("resolved_at IS NULL");
        }

        private static AlertSeverity SeverityOf(string text) =>
            EnumText.TryParse<AlertSeverity>(text, out var severity) ? severity : AlertSeverity.Warning;
    }
}
