namespace LlmPlatform.Hosting.Health;

/// <summary>Answers whether something the service stands on is there. Runs on demand, at most once a second.</summary>
/// <param name="Name">For example <c>clickhouse</c>; what <c>/readyz</c> shows.</param>
/// <param name="Required">False when the service serves on without it, and readiness only mentions it.</param>
/// <param name="CheckAsync">Returns null when all is well, else what is wrong, in a sentence without secrets.</param>
public sealed record DependencyCheck(
    string Name, bool Required, Func<CancellationToken, ValueTask<string?>> CheckAsync);
