using System.Text.Json;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>Sends a quarantined event again.</summary>
internal sealed record ReplayRequest
{
    /// <summary>Why; for the record.</summary>
    public required string Reason { get; init; }

    /// <summary>The event as it should have been, of the same id; absent: as it came.</summary>
    public JsonElement? Event { get; init; }
}
