namespace LlmPlatform.Bench.Contenders;

/// <summary>Nobody between: what the rig itself costs.</summary>
public sealed class Direct() : Contender("direct")
{
    public override Task StartAsync(Uri upstream, BenchOptions options)
    {
        Target = new Uri(upstream, "/v1/chat/completions");
        return Task.CompletedTask;
    }
}
