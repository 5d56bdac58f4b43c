namespace LlmPlatform.Scenarios.Platform;

/// <summary>How the services are spread over processes.</summary>
public enum PlatformMode
{
    /// <summary>All of them in one.</summary>
    OneProcess,

    /// <summary>One process each, and two edges.</summary>
    SeparateProcesses,
}
