namespace LlmPlatform.Hosting.Configuration;

/// <summary>One entry of <c>routes</c>: the first whose conditions all hold decides.</summary>
public sealed record RouteConfiguration
{
    /// <summary>What must hold of a call.</summary>
    public required RouteCondition When { get; init; }

    /// <summary>Where the call then goes.</summary>
    public required RouteTarget Use { get; init; }

    /// <summary>The line of the file it begins on.</summary>
    public int Line { get; init; }
}
