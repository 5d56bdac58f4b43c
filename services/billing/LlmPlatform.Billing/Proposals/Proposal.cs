using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Billing.Proposals;

/// <summary>
/// A change of money that one person wants and another has to agree to. What it would do is fixed when it is proposed;
/// the database refuses an approval by the proposer and any second decision.
/// </summary>
internal sealed class Proposal
{
    public const int PersonLength = 200;
    public const int TextLength = 2000;

    public required Guid Id { get; init; }

    /// <summary>What applies it: see <see cref="IProposalKind.Name"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>What it is about, for a list.</summary>
    public required string Subject { get; init; }

    public required string Reason { get; init; }

    /// <summary>What it would do, as JSON.</summary>
    public required string Payload { get; init; }

    /// <summary>What it would change, for the person who decides, as JSON.</summary>
    public required string Effect { get; init; }

    public required string State { get; set; }

    public required string ProposedBy { get; init; }

    public required DateTimeOffset ProposedAt { get; init; }

    public string? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<Proposal>
    {
        public void Configure(EntityTypeBuilder<Proposal> builder)
        {
            builder.ToTable("proposal", table =>
            {
                table.HasCheckConstraint("ck_proposal_four_eyes", "state <> 'approved' OR decided_by <> proposed_by");
                table.HasCheckConstraint("ck_proposal_decided", "(state = 'pending') = (decided_by IS NULL)");
            });
            builder.HasKey(row => row.Id).HasName("pk_proposal");
            builder.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            builder.Property(row => row.Kind).HasColumnName("kind").HasMaxLength(40);
            builder.Property(row => row.Subject).HasColumnName("subject").HasMaxLength(TextLength);
            builder.Property(row => row.Reason).HasColumnName("reason").HasMaxLength(TextLength);
            builder.Property(row => row.Payload).HasColumnName("payload").HasColumnType("json");
            builder.Property(row => row.Effect).HasColumnName("effect").HasColumnType("json");
            builder.Property(row => row.State).HasColumnName("state").HasMaxLength(20);
            builder.Property(row => row.ProposedBy).HasColumnName("proposed_by").HasMaxLength(PersonLength);
            builder.Property(row => row.ProposedAt).HasColumnName("proposed_at");
            builder.Property(row => row.DecidedBy).HasColumnName("decided_by").HasMaxLength(PersonLength);
            builder.Property(row => row.DecidedAt).HasColumnName("decided_at");
            builder.HasIndex(row => new { row.State, row.Id }).HasDatabaseName("ix_proposal_state");
        }
    }
}
