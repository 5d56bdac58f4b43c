using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>
/// One alert, or one notice of something else, on its way to one channel. One for each (alert, channel), by a unique
/// key; one for each notice and channel, by its id.
/// </summary>
internal sealed class Delivery
{
    /// <summary>Made of alert and channel; the receiver sees it on every attempt.</summary>
    public required Guid Id { get; init; }

    /// <summary>Counts up: the order deliveries are listed in.</summary>
    public long Number { get; init; }

    /// <summary>Null: it is a notice.</summary>
    public Guid? AlertId { get; init; }

    public Alert? Alert { get; init; }

    /// <summary>The words of what is no alert; null: it is one.</summary>
    public string? Notice { get; init; }

    public required string Channel { get; init; }

    /// <summary>Sent by itself and at once; others may be gathered into one message.</summary>
    public bool IsUrgent { get; init; } = true;

    /// <summary>The trouble it tells of, or the end of it; null: none.</summary>
    public string? TroubleKey { get; init; }

    /// <summary>True where it tells that the trouble is over.</summary>
    public bool IsOver { get; init; }

    /// <summary>The message it was sent in; null: by itself, or not yet.</summary>
    public Guid? GatheredIn { get; init; }

    public required DeliveryState State { get; init; }

    /// <summary>
    /// How often it was claimed. Whoever claims it later holds a greater number, and the earlier one is void.
    /// </summary>
    public int Attempts { get; init; }

    /// <summary>Failed attempts since it was created, or last asked for again: how long the next pause is.</summary>
    public int Failures { get; init; }

    /// <summary>
    /// When it is to be tried. A claim moves it ahead by a lease: should the process die, it is due again by itself.
    /// </summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>After which a failed attempt is the last.</summary>
    public required DateTimeOffset GiveUpAt { get; init; }

    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>What the last attempt came to, in words without secrets.</summary>
    public string? LastResult { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>A state as it is stored, and as the admin API writes it.</summary>
    public static string TextOf(DeliveryState state) => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());

    internal sealed class Mapping : IEntityTypeConfiguration<Delivery>
    {
        private static readonly Dictionary<string, DeliveryState> States =
            Enum.GetValues<DeliveryState>().ToDictionary(TextOf);

        public void Configure(EntityTypeBuilder<Delivery> builder)
        {
            builder.ToTable("delivery");
            builder.HasKey(delivery => delivery.Id).HasName("pk_delivery");
            builder.Property(delivery => delivery.Id).HasColumnName("id").ValueGeneratedNever();
            builder.Property(delivery => delivery.Number).HasColumnName("number").UseIdentityAlwaysColumn();
            builder.Property(delivery => delivery.AlertId).HasColumnName("alert_id");
            builder.Property(delivery => delivery.Notice).HasColumnName("notice");
            builder.Property(delivery => delivery.Channel).HasColumnName("channel");
            builder.Property(delivery => delivery.IsUrgent).HasColumnName("urgent");
            builder.Property(delivery => delivery.TroubleKey).HasColumnName("trouble_key");
            builder.Property(delivery => delivery.IsOver).HasColumnName("is_over");
            builder.Property(delivery => delivery.GatheredIn).HasColumnName("gathered_in");
            builder.Property(delivery => delivery.State).HasColumnName("state")
                .HasConversion(state => TextOf(state), text => States[text]);
            builder.Property(delivery => delivery.Attempts).HasColumnName("attempts");
            builder.Property(delivery => delivery.Failures).HasColumnName("failures");
            builder.Property(delivery => delivery.DueAt).HasColumnName("due_at");
            builder.Property(delivery => delivery.GiveUpAt).HasColumnName("give_up_at");
            builder.Property(delivery => delivery.DeliveredAt).HasColumnName("delivered_at");
            builder.Property(delivery => delivery.LastResult).HasColumnName("last_result");
            builder.Property(delivery => delivery.CreatedAt).HasColumnName("created_at");
            builder.HasOne(delivery => delivery.Alert).WithMany().HasForeignKey(delivery => delivery.AlertId)
                .OnDelete(DeleteBehavior.Cascade).HasConstraintName("fk_delivery_alert");
            builder.HasIndex(delivery => new { delivery.AlertId, delivery.Channel }).IsUnique()
                .HasDatabaseName("ux_delivery_channel");
            builder.HasIndex(delivery => delivery.Number).IsUnique().HasDatabaseName("ux_delivery_number");
            builder.HasIndex(delivery => new { delivery.Channel, delivery.DueAt }).HasDatabaseName("ix_delivery_due")
                .HasFilter("state = 'pending'");
            builder.HasIndex(delivery => new { delivery.Channel, delivery.DeliveredAt })
                .HasDatabaseName("ix_delivery_delivered").HasFilter("state = 'delivered'");
            builder.HasIndex(delivery => delivery.TroubleKey).HasDatabaseName("ix_delivery_trouble")
                .HasFilter("trouble_key IS NOT NULL");
        }
    }
}
