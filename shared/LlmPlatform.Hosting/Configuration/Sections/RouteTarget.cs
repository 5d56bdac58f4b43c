namespace LlmPlatform.Hosting.Configuration;

/// <summary>Where a call goes; at least one is given.</summary>
public sealed record RouteTarget
{
    /// <summary>
    /// A declared model, or <c>provider:model</c> of a declared provider; null keeps the one asked for.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>True: only deployments of providers marked local. Default false.</summary>
    public bool Local { get; init; }
}
