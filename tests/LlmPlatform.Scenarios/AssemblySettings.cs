using LlmPlatform.Scenarios.Stages;

// They start whole platforms and measure time: one after another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(SharedStages))]
