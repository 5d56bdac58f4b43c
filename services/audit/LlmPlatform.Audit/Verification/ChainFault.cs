namespace LlmPlatform.Audit.Verification;

/// <summary>The first place where the chain is not as it was written.</summary>
/// <param name="Sequence">The place.</param>
/// <param name="Kind">In what way.</param>
/// <param name="Detail">What was found there.</param>
internal sealed record ChainFault(long Sequence, ChainFaultKind Kind, string Detail);
