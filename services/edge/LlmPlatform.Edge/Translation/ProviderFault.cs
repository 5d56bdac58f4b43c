namespace LlmPlatform.Edge.Translation;

/// <summary>What a provider says went wrong, in its own words where a caller may see them.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Message">
/// The provider's sentence; shown to callers only for faults of their own request, and after it has been searched for
/// what must not be seen.
/// </param>
internal sealed record ProviderFault(ProviderFaultKind Kind, string Message)
{
    /// <summary>
    /// True when it is the caller's own request that is at fault: no other provider is tried, and the caller is told.
    /// What was made of it here (credential, address, model name), and load, are not.
    /// </summary>
    public bool IsOfRequest => Kind is ProviderFaultKind.InvalidRequest or ProviderFaultKind.ContextLengthExceeded
        or ProviderFaultKind.ContentPolicy or ProviderFaultKind.TooLarge;

    /// <summary>The provider's own code, for example <c>unsupported_parameter</c>.</summary>
    public string? Code { get; init; }

    /// <summary>The member at fault, where the provider names it.</summary>
    public string? Param { get; init; }

    /// <summary>When it asks to be tried again.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>What a fault means for who can mend it, and whether another provider may do better.</summary>
internal enum ProviderFaultKind
{
    /// <summary>The request is wrong.</summary>
    InvalidRequest,

    /// <summary>The request is longer than the model's context window.</summary>
    ContextLengthExceeded,

    /// <summary>The provider's policy forbids the request.</summary>
    ContentPolicy,

    /// <summary>The request is larger than the provider takes.</summary>
    TooLarge,

    /// <summary>Our credential is refused.</summary>
    Authentication,

    /// <summary>Our account may not do this, or has no money left.</summary>
    Permission,

    /// <summary>Our account's money or monthly allowance is used up: trying again soon does not help.</summary>
    QuotaExhausted,

    /// <summary>Our model name or address is not there.</summary>
    NotFound,

    /// <summary>Too many calls for a moment.</summary>
    RateLimited,

    /// <summary>The provider has no capacity for a moment.</summary>
    Overloaded,

    /// <summary>The provider gave up waiting for itself.</summary>
    Timeout,

    /// <summary>The provider failed.</summary>
    Server,
}
