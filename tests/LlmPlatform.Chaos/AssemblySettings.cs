using LlmPlatform.Chaos.Grounds;

// They start whole platforms and break what these stand on: one after another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(ProvingGrounds))]
