using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Messaging;

/// <summary>The fact that one consumer has handled one message.</summary>
internal sealed class InboxMessage
{
    /// <summary>Longest name of a consumer, in characters.</summary>
    public const int ConsumerLengthMax = 200;

    public required Guid MessageId { get; init; }

    public required string Consumer { get; init; }

    public required DateTimeOffset HandledAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<InboxMessage>
    {
        public void Configure(EntityTypeBuilder<InboxMessage> builder)
        {
            builder.ToTable("inbox_message");

            // This key is what makes the second delivery a repeat.
            builder.HasKey(message => new { message.MessageId, message.Consumer }).HasName("pk_inbox_message");
            builder.Property(message => message.MessageId).HasColumnName("message_id");
            builder.Property(message => message.Consumer).HasColumnName("consumer").HasMaxLength(ConsumerLengthMax);
            builder.Property(message => message.HandledAt).HasColumnName("handled_at");
            builder.HasIndex(message => message.HandledAt).HasDatabaseName("ix_inbox_message_handled_at");
        }
    }
}
