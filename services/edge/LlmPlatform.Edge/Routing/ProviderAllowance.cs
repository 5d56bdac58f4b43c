using System.Globalization;
using System.Net.Http.Headers;

namespace LlmPlatform.Edge.Routing;

/// <summary>
/// What a provider's headers say of how much more it takes: OpenAI's <c>x-ratelimit-…</c> (and its kin's), Anthropic's
/// <c>anthropic-ratelimit-…</c>, <c>Retry-After</c> and <c>retry-after-ms</c>.
/// </summary>
internal static class ProviderAllowance
{
    private static readonly (string Remaining, string Reset, bool OfTokens)[] Limits =
    [
        ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests", false),
        ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens", true),
        ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset", false),
        ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset", true),
        ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset", true),
        ("anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset", true),
    ];

    /// <summary>How long until it takes more; null where what is left suffices or nothing is said.</summary>
    /// <param name="headers">Of any answer.</param>
    /// <param name="requests">Calls that are about to be sent.</param>
    /// <param name="tokens">Tokens a call like this one needs.</param>
    /// <param name="now">For resets that are named as a moment.</param>
    public static TimeSpan? WaitFor(HttpResponseHeaders headers, long requests, long tokens, DateTimeOffset now)
    {
        TimeSpan? longest = null;
        foreach (var (remaining, reset, ofTokens) in Limits)
        {
            if (Find(headers, remaining) is { } text
                && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var left)
                && left < (ofTokens ? tokens : requests)
                && Find(headers, reset) is { } until
                && Duration(until, now) is { } wait
                && wait > (longest ?? TimeSpan.Zero))
            {
                longest = wait;
            }
        }

        return longest;
    }

    /// <summary>How long a refusal asks to be left alone; null where it does not.</summary>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, DateTimeOffset now) =>
        Find(headers, "retry-after-ms") is { } text
        && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var milliseconds)
        && milliseconds <= TimeSpan.MaxValue.TotalMilliseconds / 2
            ? TimeSpan.FromMilliseconds(milliseconds)
            : headers.RetryAfter?.Delta ?? (headers.RetryAfter?.Date - now);

    /// <summary>Reads <c>1s</c>, <c>6m0s</c>, <c>120ms</c>, <c>1h2m3.5s</c>, seconds, or a moment.</summary>
    public static TimeSpan? Duration(string text, DateTimeOffset now)
    {
        if (DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            && text.Contains('-', StringComparison.Ordinal))
        {
            return moment - now;
        }

        var (seconds, from) = (0.0, 0);
        while (from < text.Length)
        {
            var end = from;
            while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
            {
                end++;
            }

            if (!double.TryParse(
                    text.AsSpan(from, end - from),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var number))
            {
                return null;
            }

            var unit = end;
            while (unit < text.Length && char.IsAsciiLetter(text[unit]))
            {
                unit++;
            }

            double? factor = text[end..unit] switch
            {
                "" or "s" => 1,
                "ms" => 0.001,
                "m" => 60,
                "h" => 3600,
                "d" => 86400,
                _ => null,
            };
            if (factor is not { } known || unit == from)
            {
                return null;
            }

            seconds += number * known;
            from = unit;
        }

        return text.Length > 0 && seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
    }

    // Unvalidated: what a provider writes is no reason to throw, and one value costs no array.
    private static string? Find(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) && values.Count > 0 ? values.ToString() : null;
}
