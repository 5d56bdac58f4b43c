using System.Text;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Tests.Providers.Anthropic;

/// <summary>Where Anthropic is called, and with which headers.</summary>
public sealed class AnthropicAdapterTests
{
    [Theory]
    [InlineData("https://api.anthropic.com", "https://api.anthropic.com/v1/messages")]
    [InlineData("https://api.anthropic.com/v1/", "https://api.anthropic.com/v1/messages")]
    [InlineData("https://api.z.ai/api/anthropic", "https://api.z.ai/api/anthropic/v1/messages")]
    public void The_address_may_come_with_its_version_or_without(string address, string expected)
    {
        var adapter = Written.Adapter(address);

        Assert.Equal(new Uri(expected), adapter.AddressOf(Written.Target(adapter)));
        Assert.Equal(
            new Uri(expected + "/count_tokens"),
            adapter.AddressOf(Written.Target(adapter, wire: Wire.TokenCount)));
    }

    [Theory]
    [InlineData(nameof(Wire.Messages), nameof(Wire.Messages))]
    [InlineData(nameof(Wire.TokenCount), nameof(Wire.TokenCount))]
    [InlineData(nameof(Wire.Chat), nameof(Wire.Messages))]
    [InlineData(nameof(Wire.Completions), nameof(Wire.Messages))]
    [InlineData(nameof(Wire.Responses), nameof(Wire.Messages))]
    [InlineData(nameof(Wire.Embeddings), null)]
    public void It_is_spoken_to_in_messages_and_makes_no_embeddings(string asked, string? spoken) =>
        Assert.Equal(spoken, Written.Adapter().WireFor(Enum.Parse<Wire>(asked))?.ToString());

    [Fact]
    public async Task The_key_goes_in_its_own_header_and_the_version_is_said()
    {
        using var request = await AuthorizeAsync("{}");

        Assert.Equal(Written.Key.Reveal(), request.Headers.GetValues("x-api-key").Single());
        Assert.Equal("2023-06-01", request.Headers.GetValues("anthropic-version").Single());
        Assert.Null(request.Headers.Authorization);
        Assert.False(request.Headers.Contains("anthropic-beta"));
    }

    [Fact]
    public async Task A_version_and_betas_that_the_caller_named_stay()
    {
        using var request = await AuthorizeAsync(
            """{"file_id":"f"}""", ("anthropic-version", "2099-01-01"), ("anthropic-beta", "mine"));

        Assert.Equal("2099-01-01", request.Headers.GetValues("anthropic-version").Single());
        Assert.Equal("mine", request.Headers.GetValues("anthropic-beta").Single());
    }

    [Theory]
    [InlineData("""{"source":{"type":"file","file_id":"f"}}""", true)]
    [InlineData("""{"text":"say \"file_id\": x"}""", false)]
    public async Task A_file_that_was_uploaded_needs_its_beta(string body, bool needsIt)
    {
        using var request = await AuthorizeAsync(body);

        Assert.Equal(needsIt, request.Headers.Contains("anthropic-beta"));
    }

    private static async Task<HttpRequestMessage> AuthorizeAsync(string body, params (string, string)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "https://a/");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        await Written.Adapter().AuthorizeAsync(
            request, Encoding.UTF8.GetBytes(body), TestContext.Current.CancellationToken);
        return request;
    }
}
