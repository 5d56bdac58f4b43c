using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Alerting.Forecasts;

/// <summary>How spending is judged: <c>Alerting__Forecasts__…</c> in the environment.</summary>
internal sealed class ForecastOptions
{
    public const string Section = "Alerting:Forecasts";

    /// <summary>
    /// The part of a period that the slower of the two rates is taken over, at most <see cref="WindowMax"/>; the faster
    /// over a sixth of it. Nothing is forecast before as much has passed. Default a tenth: three days of a month.
    /// </summary>
    [Range(0.01, 0.9)]
    public double WindowPart { get; init; } = 0.1;

    /// <summary>The longest window. Default 3 days.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "31.00:00:00")]
    public TimeSpan WindowMax { get; init; } = TimeSpan.FromDays(3);

    /// <summary>
    /// How much sooner than the end of the period it must be used up, as a part of the period. Default 0.02.
    /// </summary>
    [Range(0.0, 0.9)]
    public double Margin { get; init; } = 0.02;

    /// <summary>
    /// How many times what is usual at this hour of the week an hour's spending must be to be told. Default 4.
    /// </summary>
    [Range(1.1, 1_000.0)]
    public double UnusualFactor { get; init; } = 4;

    /// <summary>Hours of less are never told, in USD. Default 1.</summary>
    [Range(0.0, 1_000_000.0)]
    public double UnusualUsdMin { get; init; } = 1;

    /// <summary>The same of budgets of tokens. Default 100,000.</summary>
    [Range(0, 1_000_000_000_000)]
    public long UnusualTokensMin { get; init; } = 100_000;

    /// <summary>How long samples are kept. Default 36 days: four weeks to compare with, and a month.</summary>
    [Range(typeof(TimeSpan), "8.00:00:00", "400.00:00:00")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(36);
}
