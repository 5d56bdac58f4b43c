using System.Diagnostics;
using System.Text.Json;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;

namespace LlmPlatform.Scenarios.Sdks;

/// <summary>The npm package <c>openai</c>, with nothing changed but its base URL.</summary>
public sealed class NpmOpenAiTests(SharedStages stages)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public async Task The_official_npm_package_streams_reads_usage_and_meets_its_own_error_classes(PlatformMode mode)
    {
        var stage = await stages.OfAsync(mode);
        var seen = await RunAsync(stage);

        // Without the option the SDK sees no usage, although the platform asked the provider for it.
        Assert.Equal(JsonValueKind.Null, seen["stream"].GetProperty("usage").ValueKind);
        Assert.Equal(150, Usage(seen["stream with usage"]));
        Assert.Equal(150, Usage(seen["whole"]));
        foreach (var scenario in new[] { "stream", "stream with usage", "whole" })
            Assert.StartsWith("word0 word1 ", seen[scenario].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.True(seen["stream"].GetProperty("chunks").GetInt32() >= 10);
        Assert.Contains(
            StageConfiguration.Chat,
            seen["models"].GetProperty("models").EnumerateArray().Select(model => model.GetString()));

        AssertError(seen["401"], "AuthenticationError", 401, "invalid_api_key");
        AssertError(seen["404"], "NotFoundError", 404, "model_not_found");
        AssertError(seen["402"], "APIError", 402, "budget_exceeded");
        AssertError(seen["429"], "RateLimitError", 429, "rate_limit_exceeded");
    }

    private static async Task<Dictionary<string, JsonElement>> RunAsync(Stage stage)
    {
        var folder = await NpmPackages.FolderAsync();
        var start = new ProcessStartInfo("node", ["openai.mjs"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["BASE_URL"] = new Uri(stage.Platform.Edges[0], "v1").ToString();
        start.Environment["FREE_KEY"] = stage.Configuration.FreeKey;
        start.Environment["BROKE_KEY"] = stage.Configuration.BrokeKey;
        start.Environment["LIMITED_KEY"] = stage.Configuration.LimitedKey;
        using var node = Process.Start(start)!;
        var output = node.StandardOutput.ReadToEndAsync(Now);
        var errors = node.StandardError.ReadToEndAsync(Now);
        await node.WaitForExitAsync(Now).WaitAsync(TimeSpan.FromMinutes(1), Now);
        Assert.True(node.ExitCode == 0, await errors);
        return (await output)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .ToDictionary(seen => seen.GetProperty("scenario").GetString()!);
    }

    private static int Usage(JsonElement seen) => seen.GetProperty("usage").GetProperty("total_tokens").GetInt32();

    private static void AssertError(JsonElement seen, string type, int status, string code)
    {
        Assert.Equal(type, seen.GetProperty("error").GetString());
        Assert.Equal(status, seen.GetProperty("status").GetInt32());
        Assert.Equal(code, seen.GetProperty("code").GetString());
    }
}
