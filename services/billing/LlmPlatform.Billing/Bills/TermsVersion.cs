using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Billing.Bills;

/// <summary>Terms from a period on. A row is never changed; of two for a period the later holds.</summary>
internal sealed class TermsVersion
{
    public long Id { get; init; }

    /// <summary>Empty: of every tenant that has none of his own.</summary>
    public required string Tenant { get; init; }

    /// <summary>The first month they hold for.</summary>
    public required string FromPeriod { get; init; }

    /// <summary><see cref="BillingTerms"/> as JSON.</summary>
    public required string Terms { get; init; }

    public required string Source { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<TermsVersion>
    {
        public void Configure(EntityTypeBuilder<TermsVersion> builder)
        {
            builder.ToTable("billing_terms");
            builder.HasKey(row => row.Id).HasName("pk_billing_terms");
            builder.Property(row => row.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            builder.Property(row => row.Tenant).HasColumnName("tenant");
            builder.Property(row => row.FromPeriod).HasColumnName("from_period").HasMaxLength(BillPeriod.NameLength);
            builder.Property(row => row.Terms).HasColumnName("terms").HasColumnType("json");
            builder.Property(row => row.Source).HasColumnName("source").HasMaxLength(100);
            builder.Property(row => row.RecordedAt).HasColumnName("recorded_at");
            builder.HasIndex(row => new { row.Tenant, row.FromPeriod }).HasDatabaseName("ix_billing_terms_tenant");
        }
    }
}
