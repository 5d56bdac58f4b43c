using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>How much of a budget that refuses a stream takes before it begins.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BudgetEnforcement>))]
public enum BudgetEnforcement
{
    /// <summary>All that it may become: it never passes the limit, and is never ended for it.</summary>
    [JsonStringEnumMemberName("strict")]
    Strict,

    /// <summary>
    /// A little at a time, and more while it runs: many run side by side, and one is ended where nothing is left.
    /// </summary>
    [JsonStringEnumMemberName("soft")]
    Soft,
}
