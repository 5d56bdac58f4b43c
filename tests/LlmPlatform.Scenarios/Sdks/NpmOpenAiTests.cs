using System.Text.Json;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;

namespace LlmPlatform.Scenarios.Sdks;

/// <summary>The npm package <c>openai</c>, with nothing changed but its base URL.</summary>
public sealed class NpmOpenAiTests(SharedStages stages)
{
    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public async Task The_official_npm_package_streams_reads_usage_and_meets_its_own_error_classes(PlatformMode mode)
    {
        var stage = await stages.OfAsync(mode);
        var seen = await NodeScript.RunAsync("openai.mjs", stage);

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

    private static int Usage(JsonElement seen) => seen.GetProperty("usage").GetProperty("total_tokens").GetInt32();

    private static void AssertError(JsonElement seen, string type, int status, string code)
    {
        Assert.Equal(type, seen.GetProperty("error").GetString());
        Assert.Equal(status, seen.GetProperty("status").GetInt32());
        Assert.Equal(code, seen.GetProperty("code").GetString());
    }
}
