using System.Text;
using System.Text.Json;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>What the details of an error of Google's add to its sentence.</summary>
/// <param name="Reason">Why, in a word, for example <c>API_KEY_INVALID</c> (<c>google.rpc.ErrorInfo</c>).</param>
/// <param name="Field">The member at fault (<c>google.rpc.BadRequest</c>).</param>
/// <param name="RetryDelay">When to try again (<c>google.rpc.RetryInfo</c>).</param>
/// <param name="IsDaily">The quota is one of a day (<c>google.rpc.QuotaFailure</c>).</param>
internal readonly record struct GeminiFaultDetails(string? Reason, string? Field, TimeSpan? RetryDelay, bool IsDaily)
{
    /// <summary>Reads the details of an error.</summary>
    public static GeminiFaultDetails Read(JsonElement error)
    {
        var read = default(GeminiFaultDetails);
        if (GeminiJson.List(error, "details"u8) is not { } details)
        {
            return read;
        }

        foreach (var detail in details.EnumerateArray())
        {
            var type = GeminiJson.Text(detail, "@type"u8) ?? "";
            read = type[(type.LastIndexOf('.') + 1)..] switch
            {
                "ErrorInfo" => read with { Reason = GeminiJson.Text(detail, "reason"u8) },
                "RetryInfo" => read with
                {
                    RetryDelay = GeminiFault.Duration(GeminiJson.Text(detail, "retryDelay"u8)),
                },
                "BadRequest" => read with { Field = Texts(detail, "fieldViolations", "field").FirstOrDefault() },
                "QuotaFailure" => read with { IsDaily = Texts(detail, "violations", "quotaId").Any(IsPerDay) },
                _ => read,
            };
        }

        return read;
    }

    private static bool IsPerDay(string quota) => quota.Contains("PerDay", StringComparison.Ordinal);

    private static IEnumerable<string> Texts(JsonElement detail, string list, string member) =>
        GeminiJson.List(detail, Encoding.UTF8.GetBytes(list)) is { } violations
            ? violations.EnumerateArray()
                .Select(violation => GeminiJson.Text(violation, Encoding.UTF8.GetBytes(member)))
                .OfType<string>()
            : [];
}
