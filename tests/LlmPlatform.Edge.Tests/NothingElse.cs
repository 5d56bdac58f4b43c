namespace LlmPlatform.Edge.Tests;

/// <summary>Tests that measure this process: nothing else runs in it meanwhile.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class NothingElse;
