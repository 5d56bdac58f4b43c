using System.Diagnostics;
using System.Text.Json;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit.Npm;

namespace LlmPlatform.Scenarios.Sdks;

/// <summary>
/// A script beside <c>package.json</c>, run by Node in the folder where the official packages are installed. It prints
/// what it saw, one JSON object a line, each with the scenario's name.
/// </summary>
internal static class NodeScript
{
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>What a script saw, by scenario.</summary>
    /// <param name="script">Its file name.</param>
    /// <param name="stage">Whose platform it talks to.</param>
    /// <param name="upstream">Whose models it calls.</param>
    public static async Task<Dictionary<string, JsonElement>> RunAsync(
        string script, Stage stage, string upstream = "")
    {
        var start = new ProcessStartInfo("node", [script])
        {
            WorkingDirectory = await NpmPackages.FolderAsync("tests/LlmPlatform.Scenarios/sdk", "sdk"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ROOT_URL"] = stage.Platform.Edges[0].ToString().TrimEnd('/');
        start.Environment["BASE_URL"] = new Uri(stage.Platform.Edges[0], "v1").ToString();
        start.Environment["FREE_KEY"] = stage.Configuration.FreeKey;
        start.Environment["BROKE_KEY"] = stage.Configuration.BrokeKey;
        start.Environment["LIMITED_KEY"] = stage.Configuration.LimitedKey;
        start.Environment["UPSTREAM"] = upstream;
        using var node = Process.Start(start)!;
        var output = node.StandardOutput.ReadToEndAsync(Now);
        var errors = node.StandardError.ReadToEndAsync(Now);
        await node.WaitForExitAsync(Now).WaitAsync(_deadline, Now);
        Assert.True(node.ExitCode == 0, $"{await output}\n{await errors}");
        return (await output)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .ToDictionary(seen => seen.GetProperty("scenario").GetString()!);
    }
}
