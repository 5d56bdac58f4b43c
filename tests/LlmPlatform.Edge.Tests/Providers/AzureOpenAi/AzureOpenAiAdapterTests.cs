using System.Text;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Providers.AzureOpenAi;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Tests.Providers.OpenAi;
using LlmPlatform.Edge.Tests.Relay;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Edge.Tests.Providers.AzureOpenAi;

/// <summary>OpenAI's models in Azure are called where Azure has them, and answer as they do there.</summary>
public sealed class AzureOpenAiAdapterTests
{
    [Theory]
    [InlineData(
        "https://r.openai.azure.com", "2024-10-21", Wire.Chat,
        "https://r.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21")]
    [InlineData(
        "https://r.openai.azure.com/openai/", "2024-10-21", Wire.Embeddings,
        "https://r.openai.azure.com/openai/deployments/my%20gpt/embeddings?api-version=2024-10-21")]
    [InlineData(
        "https://r.openai.azure.com", "2024-10-21", Wire.Completions,
        "https://r.openai.azure.com/openai/deployments/my%20gpt/completions?api-version=2024-10-21")]
    [InlineData(
        "https://r.openai.azure.com", "2025-04-01-preview", Wire.Responses,
        "https://r.openai.azure.com/openai/responses?api-version=2025-04-01-preview")]
    [InlineData(
        "https://r.openai.azure.com", null, Wire.Chat, "https://r.openai.azure.com/openai/v1/chat/completions")]
    [InlineData(
        "https://r.openai.azure.com/openai/v1/", null, Wire.Responses,
        "https://r.openai.azure.com/openai/v1/responses")]
    [InlineData(
        "https://gateway.example/azure/openai", null, Wire.Chat,
        "https://gateway.example/azure/openai/v1/chat/completions")]
    public void A_deployment_is_called_at_its_address(string address, string? version, object wire, string expected)
    {
        var adapter = Adapter(address, version);

        var target = ChatWritten.Target(adapter, (Wire)wire, "my gpt");
        Assert.Equal((Wire)wire, target.Wire);
        Assert.Equal(expected, adapter.AddressOf(target).AbsoluteUri);
    }

    [Theory]
    [InlineData("2024-06-01", false, false)]
    [InlineData("2024-10-21", true, false)]
    [InlineData("2025-03-01-preview", true, true)]
    [InlineData("preview", true, true)]
    [InlineData(null, true, true)]
    public void What_a_version_of_the_API_does_not_know_it_is_not_asked_for(
        string? version, bool knowsUsageInStreams, bool hasResponses)
    {
        var adapter = Adapter("https://r.openai.azure.com", version);
        var changes = adapter.ChangesFor(ChatWritten.Target(adapter, Wire.Chat));

        Assert.Equal(
            (knowsUsageInStreams, knowsUsageInStreams), (changes.AskForUsage, changes.UseMaxCompletionTokens));
        Assert.Equal(hasResponses ? Wire.Responses : Wire.Chat, adapter.WireFor(Wire.Responses));
    }

    [Fact]
    public async Task Its_key_is_in_a_header_of_its_own()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://r.openai.azure.com");
        await Adapter("https://r.openai.azure.com", null).AuthorizeAsync(
            request, ReadOnlyMemory<byte>.Empty, TestContext.Current.CancellationToken);

        Assert.Equal(["azure-key-0123456789"], request.Headers.GetValues("api-key"));
        Assert.Null(request.Headers.Authorization);
    }

    [Fact]
    public async Task The_filters_verdicts_reach_the_caller_and_the_usage_that_only_we_asked_for_does_not()
    {
        const string verdict =
            """
            {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,
            "content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]}
            """;
        const string text =
            """{"choices":[{"content_filter_results":{},"delta":{"content":"Hi"},"index":0}],"id":"c","usage":null}""";
        const string usage =
            """{"choices":[],"id":"c","usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}""";
        var first = verdict.ReplaceLineEndings("");
        var sent = $"data: {first}\n\ndata: {text}\n\ndata: {usage}\n\ndata: [DONE]\n\n";
        var expected = $"data: {first}\n\ndata: {text.Replace(",\"usage\":null", "", StringComparison.Ordinal)}\n\n"
            + "data: [DONE]\n\n";

        var passage = new ChatPassage(showUsage: false, new ServerSentEventFraming());
        Assert.Equal(expected, await Relayed.AllAsync(passage, Encoding.UTF8.GetBytes(sent)));
        Assert.Equal((7, 3), (passage.Usage!.Tokens.TotalInput, passage.Usage.Tokens.TotalOutput));
        Assert.Equal("c", passage.ProviderRequestId);
    }

    private static AzureOpenAiAdapter Adapter(string address, string? version) => new(
        ChatWritten.Provider("azure_openai", address, version: version), new Secret("azure-key-0123456789"));
}
