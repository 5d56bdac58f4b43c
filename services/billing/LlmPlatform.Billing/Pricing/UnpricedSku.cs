using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Billing.Pricing;

/// <summary>A deployment and tier that usage came for and no price is known of. Gone once its usage is rated.</summary>
internal sealed class UnpricedSku
{
    public required string Sku { get; init; }

    public required string ServiceTier { get; init; }

    public required DateTimeOffset FoundAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<UnpricedSku>
    {
        public void Configure(EntityTypeBuilder<UnpricedSku> builder)
        {
            builder.ToTable("unpriced_sku");
            builder.HasKey(row => new { row.Sku, row.ServiceTier }).HasName("pk_unpriced_sku");
            builder.Property(row => row.Sku).HasColumnName("sku");
            builder.Property(row => row.ServiceTier).HasColumnName("service_tier");
            builder.Property(row => row.FoundAt).HasColumnName("found_at");
        }
    }
}
