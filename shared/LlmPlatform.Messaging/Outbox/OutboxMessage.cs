using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Messaging;

/// <summary>A message that was committed with the state it speaks of and still has to reach the broker.</summary>
internal sealed class OutboxMessage
{
    /// <summary>Length at which a reason for parking is cut, in characters.</summary>
    public const int ReasonLengthMax = 500;

    public long Id { get; init; }

    /// <summary>Stays the same on every resend: receivers tell a repeat by it.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>CLR full name, looked up in the registered contract assemblies only.</summary>
    public required string MessageType { get; init; }

    public required string Body { get; init; }

    public Guid? CorrelationId { get; init; }

    public Guid? ConversationId { get; init; }

    public Guid? InitiatorId { get; init; }

    /// <summary>Null: published to whoever subscribed. Otherwise sent to this one endpoint.</summary>
    public string? DestinationAddress { get; init; }

    /// <summary>W3C trace context of the code that added the message: a trace goes through the outbox.</summary>
    public string? TraceParent { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public int Attempts { get; set; }

    /// <summary>After a failed attempt: the row lets others go first until then.</summary>
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>Set when the message can never be sent as it stands. Such a row is kept for a person.</summary>
    public string? ParkedReason { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<OutboxMessage>
    {
        public void Configure(EntityTypeBuilder<OutboxMessage> builder)
        {
            builder.ToTable("outbox_message");
            builder.HasKey(message => message.Id).HasName("pk_outbox_message");
            builder.Property(message => message.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            builder.Property(message => message.MessageId).HasColumnName("message_id");
            builder.Property(message => message.MessageType).HasColumnName("message_type");

            // text, not jsonb: jsonb refuses the escape \u0000 and rewrites what it stores.
            builder.Property(message => message.Body).HasColumnName("body").HasColumnType("text");
            builder.Property(message => message.CorrelationId).HasColumnName("correlation_id");
            builder.Property(message => message.ConversationId).HasColumnName("conversation_id");
            builder.Property(message => message.InitiatorId).HasColumnName("initiator_id");
            builder.Property(message => message.DestinationAddress).HasColumnName("destination_address");
            builder.Property(message => message.TraceParent).HasColumnName("trace_parent");
            builder.Property(message => message.CreatedAt).HasColumnName("created_at");
            builder.Property(message => message.Attempts).HasColumnName("attempts");
            builder.Property(message => message.NotBefore).HasColumnName("not_before");
            builder.Property(message => message.ParkedReason).HasColumnName("parked_reason")
                .HasMaxLength(ReasonLengthMax);
            builder.HasIndex(message => message.Id)
                .HasDatabaseName("ix_outbox_message_waiting").HasFilter("parked_reason IS NULL");
        }
    }
}
