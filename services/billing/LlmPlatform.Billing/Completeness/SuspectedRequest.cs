namespace LlmPlatform.Billing.Completeness;

/// <summary>A request whose edge let go of what it held, and of which no usage ever came.</summary>
/// <param name="RequestId">To look for at the provider.</param>
/// <param name="HeldUsd">What it could have cost at most.</param>
/// <param name="ExpiredAt">When its hold was freed.</param>
internal sealed record SuspectedRequest(Guid RequestId, decimal HeldUsd, DateTimeOffset ExpiredAt);
