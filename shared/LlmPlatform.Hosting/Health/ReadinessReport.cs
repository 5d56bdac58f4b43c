namespace LlmPlatform.Hosting.Health;

/// <summary>What <c>/readyz</c> answers.</summary>
/// <param name="Status"><c>ready</c>, <c>degraded</c> (serving, something optional is away) or <c>unready</c>.</param>
/// <param name="Dependencies">Every dependency by name.</param>
internal sealed record ReadinessReport(string Status, IReadOnlyDictionary<string, DependencyState> Dependencies);

/// <summary>One dependency's state.</summary>
/// <param name="Status"><c>up</c> or <c>down</c>.</param>
/// <param name="Required">Whether the process is unready without it.</param>
/// <param name="Detail">What is wrong, when something is.</param>
internal sealed record DependencyState(string Status, bool Required, string? Detail);
