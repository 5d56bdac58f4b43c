using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Router.Health;

/// <summary>
/// A deployment that breaks what is promised of it: it is tried after all others while this row is there.
/// </summary>
internal sealed class DeploymentDemotion
{
    public required string Provider { get; init; }

    /// <summary>The provider's own model name.</summary>
    public required string Model { get; init; }

    public required DateTimeOffset DemotedAt { get; init; }

    /// <summary>Such as <c>12 % of its attempts failed</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>Since when its provider's probes are good; null while they are not.</summary>
    public DateTimeOffset? GoodSince { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<DeploymentDemotion>
    {
        public void Configure(EntityTypeBuilder<DeploymentDemotion> builder)
        {
            builder.ToTable("deployment_demotion");
            builder.HasKey(row => new { row.Provider, row.Model }).HasName("pk_deployment_demotion");
            builder.Property(row => row.Provider).HasColumnName("provider");
            builder.Property(row => row.Model).HasColumnName("model");
            builder.Property(row => row.DemotedAt).HasColumnName("demoted_at");
            builder.Property(row => row.Reason).HasColumnName("reason");
            builder.Property(row => row.GoodSince).HasColumnName("good_since");
        }
    }
}
