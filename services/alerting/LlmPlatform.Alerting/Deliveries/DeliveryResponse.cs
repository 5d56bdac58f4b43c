using LlmPlatform.Alerting.Notices;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>A delivery as operators see it.</summary>
internal sealed record DeliveryResponse
{
    public required Guid Id { get; init; }

    /// <summary>Null: it tells of something else, such as a bill.</summary>
    public Guid? AlertId { get; init; }

    /// <summary>What it tells of, such as <c>budget.threshold_crossed</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The line it begins with; null: that of its alert.</summary>
    public string? Title { get; init; }

    public required string Channel { get; init; }

    public required DeliveryState State { get; init; }

    public required int Attempts { get; init; }

    /// <summary>When it is tried next; null when it is not.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>What the last attempt came to.</summary>
    public string? LastResult { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public static DeliveryResponse Of(Delivery delivery)
    {
        var notice = delivery.Notice is { } words ? NoticeText.Read(words, delivery.Id) : null;
        return new DeliveryResponse
        {
            Id = delivery.Id,
            AlertId = delivery.AlertId,
            Kind = notice?.Kind ?? Alert.Kind,
            Title = notice?.Title,
            Channel = delivery.Channel,
            State = delivery.State,
            Attempts = delivery.Attempts,
            DueAt = delivery.State == DeliveryState.Pending ? delivery.DueAt : null,
            DeliveredAt = delivery.DeliveredAt,
            LastResult = delivery.LastResult,
            CreatedAt = delivery.CreatedAt,
        };
    }
}
