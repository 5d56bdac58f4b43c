using System.Text;

namespace LlmPlatform.Edge.Tests.Requests;

/// <summary>
/// What people and models say to each other, and what opens doors, stays out of everything that is kept.
/// </summary>
public sealed class CanaryTests(EdgeUnderTest edge)
{
    [Fact]
    public async Task No_prompt_completion_or_secret_is_in_a_log_a_metric_or_the_spool()
    {
        const string prompt = "canary-prompt-7b1e";
        const string completion = "canary-completion-94cd";
        const string key = "sk-canary-key-of-nobody-51f0";
        var models = Enumerable.Range(0, 4).Select(_ => edge.NewModel("r")).ToArray();
        edge.Raw.Stream(
            models[0], $$$"""data: {"choices":[{"delta":{"content":"{{{completion}}}"}}]}""" + "\n\ndata: [DONE]\n\n");
        edge.Raw.Whole(models[1], 200, $$$"""{"choices":[{"message":{"content":"{{{completion}}}"}}]}""");
        edge.Raw.Whole(models[2], 400, $$$"""{"error":{"message":"{{{prompt}}} {{{completion}}}"}}""");
        edge.Raw.Whole(models[3], 200, completion);
        foreach (var model in models)
        {
            var body = EdgeUnderTest.Body(model, stream: model == models[0], more: $",\"user\":\"{prompt}\"");
            using var answer = await edge.ChatAsync(
                body.Replace("hi", prompt, StringComparison.Ordinal), Landscape.Tracked);
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            await edge.RecordsOfAsync(answer);
        }

        using var broken = await edge.ChatAsync($"{{\"model\":\"{prompt}");
        using var unknown = await edge.ChatAsync(EdgeUnderTest.Body("m1"), key);
        using var metrics = await edge.GetAsync("/metrics");
        var kept = new StringBuilder(await metrics.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains("gateway_requests_total", kept.ToString());
        kept.AppendJoin('\n', edge.Log);
        foreach (var file in Directory.GetFiles(edge.DataDirectory, "*", SearchOption.AllDirectories))
        {
            // The lock file is another's to read, by its nature.
            if (!file.EndsWith(".lock", StringComparison.Ordinal))
            {
                await using var stream = new FileStream(
                    file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var reader = new StreamReader(stream, Encoding.Latin1);
                kept.Append(await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
            }
        }

        var all = kept.ToString();
        Assert.Contains(models[0], all);
        Assert.All(
            [prompt, completion, key, Landscape.Tracked, Landscape.ProviderSecret, EdgeUnderTest.MasterKeyText],
            secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
    }
}
