namespace LlmPlatform.Hosting.Tests.Telemetry;

/// <summary>
/// Activity sources are global to the process: tests that listen, or prove that nobody does, take turns.
/// </summary>
[CollectionDefinition("Tracing")]
public sealed class TracingCollection;
