using LlmPlatform.Hosting.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Router.Health;

/// <summary>
/// What the probes of one provider have shown. Kept in the database, so that a replica that takes over counts on from
/// where the last one stopped. A provider without a row has not been probed and counts as up.
/// </summary>
internal sealed class ProviderHealth
{
    public required string Provider { get; init; }

    public bool Up { get; private set; } = true;

    /// <summary>Probes in a row that speak against <see cref="Up"/>.</summary>
    public int AgainstInARow { get; private set; }

    /// <summary>When <see cref="Up"/> last changed, or the first probe.</summary>
    public DateTimeOffset Since { get; private set; }

    public DateTimeOffset LastProbeAt { get; private set; }

    /// <summary>Such as <c>status 200</c>, <c>timeout</c>.</summary>
    public string LastOutcome { get; private set; } = "";

    /// <summary>Counts a probe.</summary>
    /// <returns>True when the provider went up or down by it.</returns>
    public bool Count(ProbeResult probe, ProviderHealthConfiguration rules)
    {
        if (LastProbeAt == default)
            Since = probe.At;
        LastProbeAt = probe.At;
        LastOutcome = probe.Outcome;
        if (probe.Good == Up)
        {
            AgainstInARow = 0;
            return false;
        }

        AgainstInARow++;
        if (AgainstInARow < (Up ? rules.UnhealthyAfter : rules.HealthyAfter))
            return false;
        Up = probe.Good;
        Since = probe.At;
        AgainstInARow = 0;
        return true;
    }

    internal sealed class Mapping : IEntityTypeConfiguration<ProviderHealth>
    {
        public void Configure(EntityTypeBuilder<ProviderHealth> builder)
        {
            builder.ToTable("provider_health");
            builder.HasKey(health => health.Provider).HasName("pk_provider_health");
            builder.Property(health => health.Provider).HasColumnName("provider");
            builder.Property(health => health.Up).HasColumnName("up");
            builder.Property(health => health.AgainstInARow).HasColumnName("against_in_a_row");
            builder.Property(health => health.Since).HasColumnName("since");
            builder.Property(health => health.LastProbeAt).HasColumnName("last_probe_at");
            builder.Property(health => health.LastOutcome).HasColumnName("last_outcome");
        }
    }
}
