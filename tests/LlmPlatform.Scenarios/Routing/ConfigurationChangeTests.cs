using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit;

namespace LlmPlatform.Scenarios.Routing;

public sealed class ConfigurationChangeTests(SharedStages stages)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public async Task A_model_added_to_the_file_is_served_by_every_edge_without_a_restart(PlatformMode mode)
    {
        var stage = await stages.OfAsync(mode);
        var processes = ProcessIds(stage);
        const string model = "added";
        var before = await stage.Caller.CompleteAsync(stage.Platform.Edges[0], model, cancellationToken: Now);
        Assert.Equal("model_not_found", before.ErrorCode);

        stage.Configuration.Add(model);
        await stage.Platform.WriteConfigurationAsync(stage.Configuration.Yaml);

        foreach (var edge in stage.Platform.Edges)
        {
            await Eventually.UntilAsync(
                () => stage.Caller.CompleteAsync(edge, model, cancellationToken: Now),
                call => call.Succeeded, TimeSpan.FromMinutes(5), $"{edge} serves the new model", Now);
        }

        Assert.Equal(processes, ProcessIds(stage));
    }

    private static List<int?> ProcessIds(Stage stage) =>
        [.. stage.Platform.Processes.Values.Select(process => process.ProcessId)];
}
