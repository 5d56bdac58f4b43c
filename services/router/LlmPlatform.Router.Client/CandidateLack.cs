namespace LlmPlatform.Router.Client;

/// <summary>What a deployment cannot do that a call needs, by what the catalogue says of it.</summary>
public enum CandidateLack
{
    /// <summary>Nothing that is known of.</summary>
    None,

    /// <summary>It takes no tools, and the call brings some.</summary>
    Tools,

    /// <summary>It sees no pictures, and the call brings some.</summary>
    Vision,

    /// <summary>The call asks for a longer answer than it can make.</summary>
    MaxOutput,

    /// <summary>By estimate, prompt and answer together are longer than its context window.</summary>
    ContextWindow,
}
