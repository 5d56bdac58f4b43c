namespace LlmPlatform.Hosting.Health;

/// <summary>A dependency and the module that has it.</summary>
internal sealed record ModuleDependency(IServiceModule Module, DependencyCheck Check);
