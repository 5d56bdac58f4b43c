using System.Text.Json;
using System.Text.Json.Serialization;
using LlmPlatform.Alerting.Channels;

namespace LlmPlatform.Alerting.Notices;

/// <summary>A notice as it is kept with its deliveries: what was true when it was written, whatever is now.</summary>
internal static class NoticeText
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static string Write(AlertNotice notice) => JsonSerializer.Serialize(notice, Json);

    /// <summary>The notice of one delivery of it.</summary>
    public static AlertNotice Read(string text, Guid deliveryId) =>
        JsonSerializer.Deserialize<AlertNotice>(text, Json)! with { DeliveryId = deliveryId };
}
