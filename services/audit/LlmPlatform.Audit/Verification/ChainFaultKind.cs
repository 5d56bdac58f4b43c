namespace LlmPlatform.Audit.Verification;

/// <summary>How a chain can be broken.</summary>
internal enum ChainFaultKind
{
    /// <summary>A record is missing.</summary>
    Gap,

    /// <summary>A record is not as it was written.</summary>
    Altered,

    /// <summary>A record that was written at another place.</summary>
    Reordered,
}
