[assembly: AssemblyFixture(typeof(LlmPlatform.Edge.Tests.EdgeUnderTest))]
