namespace LlmPlatform.Hosting.Configuration;

/// <summary>Where a call goes; at least one is given.</summary>
public sealed record RouteTarget
{
    /// <summary>
    /// A declared model, or <c>provider:model</c> of a declared provider; null keeps the one asked for.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>Only deployments of this declared provider; null: of any.</summary>
    public string? Provider { get; init; }

    /// <summary>Only deployments of providers in this region; null: in any.</summary>
    public string? Region { get; init; }

    /// <summary>The call is refused, and this is what its caller is told; null: it is not.</summary>
    public string? Refuse { get; init; }

    /// <summary>True: only deployments of providers marked local. Default false.</summary>
    public bool Local { get; init; }
}
