using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>What happens when a budget cannot hold a call.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BudgetMode>))]
public enum BudgetMode
{
    /// <summary>The call is refused.</summary>
    [JsonStringEnumMemberName("enforce")]
    Enforce,

    /// <summary>The call passes; the budget only counts and alerts.</summary>
    [JsonStringEnumMemberName("track")]
    Track,
}
