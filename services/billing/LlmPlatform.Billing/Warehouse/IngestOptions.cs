using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>How usage is stored: <c>Billing__Ingest__…</c> in the environment.</summary>
internal sealed class IngestOptions
{
    public const string Section = "Billing:Ingest";

    /// <summary>Messages (each an envelope of many events) stored by one insert at most. Default 100.</summary>
    [Range(1, 10_000)]
    public int BatchMessages { get; init; } = 100;

    /// <summary>How long the first message of a batch waits for others. Default 200 ms; at most 300 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:00.300")]
    public TimeSpan BatchTime { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Rows of one insert at most; a batch with more is inserted in parts. Default 50,000.</summary>
    [Range(1, 1_000_000)]
    public int InsertRows { get; init; } = 50_000;

    /// <summary>The first pause while ClickHouse or PostgreSQL is away; pauses double. Default 200 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan AwayPauseMin { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause while ClickHouse or PostgreSQL is away. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")]
    public TimeSpan AwayPauseMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the quarantine is counted for its gauge. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan QuarantineCountInterval { get; init; } = TimeSpan.FromSeconds(10);
}
