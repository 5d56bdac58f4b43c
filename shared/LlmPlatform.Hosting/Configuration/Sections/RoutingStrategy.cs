using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>How one of several deployments of the same priority is chosen.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RoutingStrategy>))]
public enum RoutingStrategy
{
    /// <summary>By chance, in proportion to the weights.</summary>
    [JsonStringEnumMemberName("weighted")]
    Weighted,

    /// <summary>The one that has answered fastest of late.</summary>
    [JsonStringEnumMemberName("lowest_latency")]
    LowestLatency,

    /// <summary>The cheapest by its price.</summary>
    [JsonStringEnumMemberName("lowest_cost")]
    LowestCost,

    /// <summary>The one with the fewest open calls.</summary>
    [JsonStringEnumMemberName("least_busy")]
    LeastBusy,

    /// <summary>Each in turn.</summary>
    [JsonStringEnumMemberName("round_robin")]
    RoundRobin,

    /// <summary>The same for calls that share a prefix, so that a provider's prompt cache stays warm.</summary>
    [JsonStringEnumMemberName("consistent_hash")]
    ConsistentHash,
}
