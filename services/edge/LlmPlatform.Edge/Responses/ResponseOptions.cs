using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Edge.Responses;

/// <summary>How responses that providers keep are found again: <c>Edge__Responses__…</c> in the environment.</summary>
internal sealed class ResponseOptions
{
    public const string Section = "Edge:Responses";

    /// <summary>
    /// For how long it is remembered which provider keeps a response. Default 30 days, as long as OpenAI keeps it.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan Remember { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a request that names a response waits for Redis to say where it is. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:30")]
    public TimeSpan LookupTimeout { get; init; } = TimeSpan.FromSeconds(1);
}
