using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Billing.Bills;

/// <summary>What a US dollar was worth on a day. A row is never changed; the later of a day holds.</summary>
internal sealed class ExchangeRate
{
    public long Id { get; init; }

    public required string Currency { get; init; }

    public required DateOnly Day { get; init; }

    /// <summary>Units of the currency for one dollar.</summary>
    public required decimal PerUsd { get; init; }

    public required string Source { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<ExchangeRate>
    {
        public void Configure(EntityTypeBuilder<ExchangeRate> builder)
        {
            builder.ToTable("exchange_rate", table =>
                table.HasCheckConstraint("ck_exchange_rate_positive", "per_usd > 0"));
            builder.HasKey(row => row.Id).HasName("pk_exchange_rate");
            builder.Property(row => row.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            builder.Property(row => row.Currency).HasColumnName("currency").HasMaxLength(3);
            builder.Property(row => row.Day).HasColumnName("day");
            builder.Property(row => row.PerUsd).HasColumnName("per_usd").HasColumnType("numeric(18,8)");
            builder.Property(row => row.Source).HasColumnName("source").HasMaxLength(200);
            builder.Property(row => row.RecordedAt).HasColumnName("recorded_at");
            builder.HasIndex(row => new { row.Currency, row.Day }).HasDatabaseName("ix_exchange_rate_currency_day");
        }
    }
}
