namespace LlmPlatform.Router.Client;

/// <summary>What must have gone wrong before a candidate is tried.</summary>
public enum FallbackKind
{
    /// <summary>Nothing in particular: it serves, or those before it could not.</summary>
    Any,

    /// <summary>The model asked for says that the request is longer than its context window.</summary>
    ContextWindow,

    /// <summary>The model asked for, or its provider, says that its policy forbids the request.</summary>
    ContentPolicy,
}
