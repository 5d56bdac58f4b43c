using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Billing.Bills;

/// <summary>
/// A bill that was closed. Its document is what every paper is made of; from its issue on the database refuses any
/// change but that it is voided or credited.
/// </summary>
internal sealed class BillRow
{
    public const int PersonLength = 200;

    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required string Period { get; init; }

    /// <summary>1, and one more for each bill of the month that was voided.</summary>
    public required int Revision { get; init; }

    public required string State { get; set; }

    public required string Author { get; set; }

    public string? ApprovedBy { get; set; }

    public DateTimeOffset? ApprovedAt { get; set; }

    /// <summary>What its number begins with.</summary>
    public required string Series { get; set; }

    public string? Number { get; set; }

    public DateTimeOffset? IssuedAt { get; set; }

    /// <summary><see cref="Bill"/> as JSON, its bytes what the hash is of.</summary>
    public required string Document { get; set; }

    /// <summary>SHA-256 of the document, hexadecimal; from its issue on.</summary>
    public string? ContentHash { get; set; }

    /// <summary>The hash of the bill before it in its series.</summary>
    public string? PreviousHash { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<BillRow>
    {
        private const int HashLength = 64;

        public void Configure(EntityTypeBuilder<BillRow> builder)
        {
            builder.ToTable("bill", table =>
            {
                table.HasCheckConstraint("ck_bill_four_eyes", "approved_by <> author");
                table.HasCheckConstraint(
                    "ck_bill_approved", "state IN ('draft', 'review') OR (approved_by IS NOT NULL)");
                table.HasCheckConstraint(
                    "ck_bill_issued",
                    "state IN ('draft', 'review', 'approved') = (number IS NULL) "
                    + "AND (number IS NULL) = (content_hash IS NULL) AND (number IS NULL) = (issued_at IS NULL)");
            });
            builder.HasKey(row => row.Id).HasName("pk_bill");
            builder.Property(row => row.Id).HasColumnName("id");
            builder.Property(row => row.Tenant).HasColumnName("tenant");
            builder.Property(row => row.Period).HasColumnName("period").HasMaxLength(BillPeriod.NameLength);
            builder.Property(row => row.Revision).HasColumnName("revision");
            builder.Property(row => row.State).HasColumnName("state").HasMaxLength(20);
            builder.Property(row => row.Author).HasColumnName("author").HasMaxLength(PersonLength);
            builder.Property(row => row.ApprovedBy).HasColumnName("approved_by").HasMaxLength(PersonLength);
            builder.Property(row => row.ApprovedAt).HasColumnName("approved_at");
            builder.Property(row => row.Series).HasColumnName("series").HasMaxLength(20);
            builder.Property(row => row.Number).HasColumnName("number").HasMaxLength(40);
            builder.Property(row => row.IssuedAt).HasColumnName("issued_at");
            builder.Property(row => row.Document).HasColumnName("document").HasColumnType("text");
            builder.Property(row => row.ContentHash).HasColumnName("content_hash").HasMaxLength(HashLength);
            builder.Property(row => row.PreviousHash).HasColumnName("previous_hash").HasMaxLength(HashLength);
            builder.HasIndex(row => row.Number).IsUnique().HasDatabaseName("ux_bill_number");

            // A month is billed once; a bill that was voided makes room for another.
            builder.HasIndex(row => new { row.Tenant, row.Period }).IsUnique()
                .HasFilter("state <> 'voided'").HasDatabaseName("ux_bill_tenant_period");
        }
    }
}
