using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>How ClickHouse is spoken to: <c>Billing__ClickHouse__…</c> in the environment.</summary>
internal sealed class ClickHouseOptions
{
    public const string Section = "Billing:ClickHouse";

    /// <summary>How long a connection may take. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long one insert may take; past it its outcome is unknown, and it is sent again. Default 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan InsertTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one query may take, on the server as well. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The largest answer accepted, in bytes. Default 256 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxAnswerBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Connections kept to the server at most. Default 16.</summary>
    [Range(1, 1000)]
    public int MaxConnections { get; init; } = 16;
}
