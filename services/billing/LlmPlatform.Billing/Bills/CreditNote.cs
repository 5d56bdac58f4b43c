using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Billing.Bills;

/// <summary>Money given back on an issued bill. Numbered, chained and, from the start, immutable.</summary>
internal sealed class CreditNote
{
    public required string Number { get; init; }

    public required string BillId { get; init; }

    /// <summary>Tax included, in the bill's currency, above zero.</summary>
    public required decimal Amount { get; init; }

    /// <summary>The part of it that is tax.</summary>
    public required decimal Tax { get; init; }

    public required string Currency { get; init; }

    public required string Reason { get; init; }

    public required string ProposedBy { get; init; }

    public required string ApprovedBy { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required string ContentHash { get; init; }

    public string? PreviousHash { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<CreditNote>
    {
        public void Configure(EntityTypeBuilder<CreditNote> builder)
        {
            builder.ToTable("credit_note", table =>
                table.HasCheckConstraint("ck_credit_note_amount", "amount > 0 AND tax >= 0 AND tax <= amount"));
            builder.HasKey(row => row.Number).HasName("pk_credit_note");
            builder.Property(row => row.Number).HasColumnName("number").HasMaxLength(40);
            builder.Property(row => row.BillId).HasColumnName("bill_id");
            builder.Property(row => row.Amount).HasColumnName("amount").HasColumnType("numeric(28,12)");
            builder.Property(row => row.Tax).HasColumnName("tax").HasColumnType("numeric(28,12)");
            builder.Property(row => row.Currency).HasColumnName("currency").HasMaxLength(3);
            builder.Property(row => row.Reason).HasColumnName("reason").HasMaxLength(2000);
            builder.Property(row => row.ProposedBy).HasColumnName("proposed_by").HasMaxLength(BillRow.PersonLength);
            builder.Property(row => row.ApprovedBy).HasColumnName("approved_by").HasMaxLength(BillRow.PersonLength);
            builder.Property(row => row.IssuedAt).HasColumnName("issued_at");
            builder.Property(row => row.ContentHash).HasColumnName("content_hash").HasMaxLength(64);
            builder.Property(row => row.PreviousHash).HasColumnName("previous_hash").HasMaxLength(64);
            builder.HasOne<BillRow>().WithMany().HasForeignKey(row => row.BillId).OnDelete(DeleteBehavior.Restrict)
                .HasConstraintName("fk_credit_note_bill");
            builder.HasIndex(row => row.BillId).HasDatabaseName("ix_credit_note_bill_id");
        }
    }
}
