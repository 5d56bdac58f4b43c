namespace LlmPlatform.Router.Client;

/// <summary>When a deployment is left alone.</summary>
/// <param name="Failures">Failures in a row that open its circuit, from 1.</param>
/// <param name="Recovery">How long it stays open before one call may try whether it is back.</param>
public readonly record struct CircuitSettings(int Failures, TimeSpan Recovery);
