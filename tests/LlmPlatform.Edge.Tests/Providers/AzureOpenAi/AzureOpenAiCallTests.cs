using System.Net;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Tests.Providers.AzureOpenAi;

/// <summary>Whole calls through the edge to a deployment in Azure, and what is billed for them.</summary>
public sealed class AzureOpenAiCallTests(EdgeUnderTest edge)
{
    private const string Verdict =
        """{"choices":[],"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0}]}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deployment_streams_its_filters_verdicts_and_is_billed_by_its_own_figures()
    {
        var model = edge.NewModel("azure-");
        edge.Raw.Stream(
            model,
            $"data: {Verdict}\n\n",
            "data: {\"id\":\"z1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n",
            "data: {\"id\":\"z1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
            "data: {\"id\":\"z1\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}\n\n",
            "data: [DONE]\n\n");

        using var answer = await AskAsync("/v1/chat/completions", model,
            "\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]");
        var text = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.StartsWith($"data: {Verdict}\n\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"usage\"", text, StringComparison.Ordinal);
        var head = edge.Raw.HeadOf(model)!;
        Assert.EndsWith(
            $"/openai/deployments/{model}/chat/completions", $"{head.RequestUri}", StringComparison.Ordinal);
        Assert.Equal([Landscape.ProviderSecret], head.Headers.GetValues("api-key"));
        Assert.Null(head.Headers.Authorization);
        var (_, usage) = await edge.RecordsOfAsync(answer);
        var record = Assert.Single(usage);
        Assert.Equal((7, 3), (record.Tokens.TotalInput, record.Tokens.TotalOutput));
        Assert.Equal(("z1", UsageSources.Provider), (record.ProviderRequestId, record.UsageSource));
    }

    [Fact]
    public async Task A_version_without_responses_answers_them_in_chat()
    {
        var model = edge.NewModel("azure-");
        edge.Raw.Whole(
            model, 200,
            """
            {"id":"z2","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}
            """);

        using var answer = await AskAsync("/v1/responses", model, "\"input\":\"hi\"");
        var text = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        Assert.Contains("\"object\":\"response\"", text, StringComparison.Ordinal);
        Assert.Contains("/chat/completions", $"{edge.Raw.HeadOf(model)!.RequestUri}", StringComparison.Ordinal);
        await edge.RecordsOfAsync(answer);
    }

    [Fact]
    public async Task What_its_filter_refuses_is_the_callers_to_read()
    {
        var model = edge.NewModel("azure-");
        edge.Raw.Whole(
            model, 400,
            """
            {"error":{"message":"The prompt was filtered.","param":"prompt","code":"content_filter","status":400,
            "innererror":{"code":"ResponsibleAIPolicyViolation"}}}
            """);

        using var answer = await AskAsync("/v1/messages", model,
            "\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]");
        var text = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("The prompt was filtered.", text, StringComparison.Ordinal);
        Assert.Contains("content_policy_violation", text, StringComparison.Ordinal);
        await edge.RecordsOfAsync(answer);
    }

    private Task<HttpResponseMessage> AskAsync(string path, string model, string members) => edge.SendAsync(
        HttpMethod.Post, path, Landscape.Open, "{\"model\":\"" + model + "\"," + members + "}", Cancel);
}
