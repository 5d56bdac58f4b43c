using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Edge.Identity;

/// <summary>Part of a tenant; what it spends is booked on its cost centre.</summary>
internal sealed class Team
{
    public required string Tenant { get; init; }

    public required string Name { get; init; }

    public string? CostCenter { get; set; }

    /// <summary>See <see cref="DeclaredBy"/>.</summary>
    public required string Source { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<Team>
    {
        public void Configure(EntityTypeBuilder<Team> builder)
        {
            builder.ToTable("team").HasKey(team => new { team.Tenant, team.Name });
            builder.Property(team => team.Tenant).HasColumnName("tenant").HasMaxLength(200);
            builder.Property(team => team.Name).HasColumnName("name").HasMaxLength(200);
            builder.Property(team => team.CostCenter).HasColumnName("cost_center").HasMaxLength(200);
            builder.Property(team => team.Source).HasColumnName("source").HasMaxLength(16);
            builder.HasOne<Tenant>().WithMany().HasForeignKey(team => team.Tenant).OnDelete(DeleteBehavior.Restrict);
        }
    }
}
