using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Hosting.Tests.Configuration;

public sealed class ProviderAddressTests
{
    [Theory]
    [InlineData("europe-west4", "https://europe-west4-aiplatform.googleapis.com/")]
    [InlineData("global", "https://aiplatform.googleapis.com/")]
    [InlineData("eu", "https://aiplatform.eu.rep.googleapis.com/")]
    public void Vertex_is_found_by_its_location(string location, string address)
    {
        var vertex = Only($"{{ name: v, kind: vertex, project: p, location: {location}, api_key: k }}");

        Assert.Equal(address, vertex.BaseUrl?.AbsoluteUri);
    }

    [Theory]
    [InlineData("eu-central-1", "https://bedrock-runtime.eu-central-1.amazonaws.com/")]
    [InlineData("us-gov-west-1", "https://bedrock-runtime.us-gov-west-1.amazonaws.com/")]
    [InlineData("cn-north-1", "https://bedrock-runtime.cn-north-1.amazonaws.com.cn/")]
    public void Bedrock_is_found_by_its_region(string region, string address)
    {
        var bedrock = Only($"{{ name: b, kind: bedrock, location: {region}, api_key: k }}");

        Assert.Equal(address, bedrock.BaseUrl?.AbsoluteUri);
    }

    [Fact]
    public void An_address_of_its_own_goes_before_the_known_one()
    {
        var bedrock = Only(
            "{ name: b, kind: bedrock, location: us-east-1, api_key: k, base_url: \"https://vpce.example.com\" }");

        Assert.Equal(new Uri("https://vpce.example.com"), bedrock.BaseUrl);
    }

    [Theory]
    [InlineData("https://dashscope-intl.aliyuncs.com/compatible-mode/v1", ProviderVendor.DashScope)]
    [InlineData("https://api.deepseek.com/v1", ProviderVendor.DeepSeek)]
    [InlineData("http://127.0.0.1:11434/v1", ProviderVendor.Ollama)]
    [InlineData("http://ollama:8080/v1", ProviderVendor.Ollama)]
    [InlineData("http://vllm:8000/v1", ProviderVendor.Vllm)]
    [InlineData("http://tgi/v1", ProviderVendor.Tgi)]
    [InlineData("https://openrouter.ai/api/v1", ProviderVendor.OpenRouter)]
    [InlineData("https://api.endpoints.anyscale.com/v1", ProviderVendor.Anyscale)]
    [InlineData("https://api.mistral.ai/v1", ProviderVendor.Mistral)]
    [InlineData("https://notdeepseek.com/v1", ProviderVendor.Generic)]
    [InlineData("https://deepseek.com.example.com/v1", ProviderVendor.Generic)]
    public void A_vendor_is_told_by_its_domain(string address, ProviderVendor vendor)
    {
        var provider = Only($"{{ name: a, kind: openai_compatible, base_url: \"{address}\" }}");

        Assert.Equal(vendor, provider.Vendor);
    }

    private static ProviderConfiguration Only(string provider)
    {
        using var folder = new ConfigurationFolder().Write($"providers: [ {provider} ]");
        return folder.LoadGood().Providers.Single();
    }
}
