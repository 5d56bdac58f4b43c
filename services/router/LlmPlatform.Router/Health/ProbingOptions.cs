using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Router.Health;

/// <summary>How providers are probed, all of them together: <c>Router__Probing__…</c> in the environment.</summary>
internal sealed class ProbingOptions
{
    public const string Section = "Router:Probing";

    /// <summary>Probes under way at once; more wait for their turn. Default 64.</summary>
    [Range(1, 1000)]
    public int MaxParallel { get; init; } = 64;
}
