using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>How a budget's periods follow each other.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BudgetPeriodKind>))]
public enum BudgetPeriodKind
{
    /// <summary>From one start of day to the next, in the budget's time zone.</summary>
    [JsonStringEnumMemberName("daily")]
    Daily,

    /// <summary>From one Monday to the next, in the budget's time zone.</summary>
    [JsonStringEnumMemberName("weekly")]
    Weekly,

    /// <summary>From the first of a month to the first of the next, in the budget's time zone.</summary>
    [JsonStringEnumMemberName("monthly")]
    Monthly,

    /// <summary>A fixed length of time, whatever the calendar says.</summary>
    [JsonStringEnumMemberName("length")]
    Length,
}
