using Microsoft.Extensions.Configuration;

namespace LlmPlatform.Hosting.Telemetry;

/// <summary>What is exported, and in whose name.</summary>
/// <param name="ServiceName">The resource's <c>service.name</c> unless the environment names another.</param>
/// <param name="Environment">Where the SDK reads its <c>OTEL_*</c> variables.</param>
/// <param name="Traces">Null: no traces are exported, and no span is made.</param>
/// <param name="Metrics">Null: no metrics are exported.</param>
internal sealed record OtlpTarget(
    string ServiceName, IConfiguration Environment, OtlpSignal? Traces, OtlpSignal? Metrics);
