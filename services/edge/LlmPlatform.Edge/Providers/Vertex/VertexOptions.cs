using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Edge.Providers.Vertex;

/// <summary>How access tokens for Vertex AI are obtained: <c>Edge__Vertex__…</c> in the environment.</summary>
internal sealed class VertexOptions
{
    public const string Section = "Edge:Vertex";

    /// <summary>
    /// How long before its end a token is renewed, beside the calls that still use it; a quarter of its life where that
    /// is shorter. Default 5 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:30:00")]
    public TimeSpan RefreshAhead { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For one exchange with the token endpoint. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan TokenTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// After a failed exchange the token endpoint is left alone for so long, and calls that need a token are refused
    /// with what it said. Default 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan FailurePause { get; init; } = TimeSpan.FromSeconds(5);
}
