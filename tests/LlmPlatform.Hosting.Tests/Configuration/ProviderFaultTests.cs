namespace LlmPlatform.Hosting.Tests.Configuration;

/// <summary>What the kinds of provider need, and what means nothing to them.</summary>
public sealed class ProviderFaultTests
{
    private const string Start = "providers:\n- name: a\n  kind: ";

    [Theory]
    [InlineData("openai", "api_key", "a provider of kind openai needs it")]
    [InlineData("azure_openai\n  base_url: https://x.example", "api_key", "a provider of kind azure_openai needs it")]
    [InlineData("azure_openai\n  api_key: k", "base_url", "a provider of kind azure_openai needs it")]
    [InlineData("anthropic", "api_key", "a provider of kind anthropic needs it")]
    [InlineData("gemini", "api_key", "a provider of kind gemini needs it")]
    [InlineData("openai_compatible", "base_url", "a provider of kind openai_compatible needs it")]
    [InlineData("vertex\n  location: eu\n  api_key: k", "project", "a provider of kind vertex needs it")]
    [InlineData("vertex\n  project: p\n  api_key: k", "location", "a provider of kind vertex needs it")]
    [InlineData("vertex\n  project: p\n  location: eu", "api_key", "a provider of kind vertex needs it")]
    [InlineData("bedrock\n  api_key: k", "location", "a provider of kind bedrock needs it")]
    [InlineData("bedrock\n  location: us-east-1", "api_key", "or access_key_id and secret_access_key")]
    [InlineData("bedrock\n  location: us-east-1\n  access_key_id: i",
        "secret_access_key", "an AWS key is an id and a secret")]
    [InlineData("bedrock\n  location: us-east-1\n  secret_access_key: s",
        "access_key_id", "an AWS key is an id and a secret")]
    public void What_a_kind_needs_is_named(string provider, string key, string message) =>
        Check(Start + provider, key, message);

    [Theory]
    [InlineData("openai\n  api_key: k\n  vendor: generic", "vendor", "means nothing to a provider of kind openai")]
    [InlineData("openai\n  api_key: k\n  project: p", "project", "means nothing")]
    [InlineData("openai\n  api_key: k\n  location: us-east-1", "location", "means nothing")]
    [InlineData("anthropic\n  api_key: k\n  api_version: v", "api_version", "means nothing")]
    [InlineData("vertex\n  project: p\n  location: eu\n  api_key: k\n  access_key_id: i",
        "access_key_id", "means nothing")]
    [InlineData("gemini\n  api_key: k\n  secret_access_key: s", "secret_access_key", "means nothing")]
    [InlineData("gemini\n  api_key: k\n  session_token: t", "session_token", "means nothing")]
    [InlineData("bedrock\n  location: us-east-1\n  api_key: k\n  session_token: t",
        "session_token", "stands beside an api_key")]
    public void What_would_be_ignored_is_refused(string provider, string key, string message) =>
        Check(Start + provider, key, message);

    [Theory]
    [InlineData("bedrock\n  api_key: k\n  location: us-east-1.evil", "location", "write it like eu-central-1")]
    [InlineData("bedrock\n  api_key: k\n  location: EU", "location", "write it like eu-central-1")]
    [InlineData("vertex\n  api_key: k\n  location: eu\n  project: a/b", "project", "is no name")]
    [InlineData("azure_openai\n  api_key: k\n  base_url: https://x.example\n  api_version: a&b",
        "api_version", "is no name")]
    [InlineData("openai_compatible\n  base_url: https://x.example\n  vendor: vlm", "vendor", "did you mean \"vllm\"?")]
    public void What_becomes_part_of_an_address_is_checked(string provider, string key, string message) =>
        Check(Start + provider, key, message);

    [Theory]
    [InlineData("Connection", "close", "of the connection or the body")]
    [InlineData("transfer-encoding", "chunked", "of the connection or the body")]
    [InlineData("Host", "example.com", "of the connection or the body")]
    [InlineData("Content-Length", "1", "of the connection or the body")]
    [InlineData("Proxy-Authorization", "x", "of the connection or the body")]
    [InlineData("AUTHORIZATION", "Bearer x", "give that under its own key")]
    [InlineData("x-api-key", "x", "give that under its own key")]
    [InlineData("x-amz-security-token", "x", "give that under its own key")]
    [InlineData("two words", "x", "is no header name")]
    [InlineData("größe", "x", "is no header name")]
    [InlineData("X-Line", "a\\r\\nX-Other: b", "no HTTP header carries")]
    [InlineData("X-Word", "é", "no HTTP header carries")]
    [InlineData("X-Space", "a ", "a space at an end")]
    public void A_header_that_cannot_be_sent_or_is_not_theirs_to_set_is_refused(
        string name, string value, string message) =>
        Check($"{Start}simulated\n  headers: {{ \"{name}\": \"{value}\" }}", $"headers.{name}", message);

    [Fact]
    public void A_header_is_given_once_whatever_its_case() => Check(
        $"{Start}simulated\n  headers: {{ X-Team: a, x-team: b }}", "headers.x-team", "is there twice");

    [Fact]
    public void Headers_are_bounded_in_number_and_length()
    {
        var many = string.Join(", ", Enumerable.Range(0, 33).Select(number => $"X-{number}: a"));
        Check($"{Start}simulated\n  headers: {{ {many} }}", "headers", "give at most 32");
        var longer = new string('a', 4097);
        Check($"{Start}simulated\n  headers: {{ X-Long: {longer} }}", "headers.X-Long", "more than 4096");
    }

    private static void Check(string text, string key, string message)
    {
        var fault = ConfigurationFolder.OnlyFaultOf(text);

        Assert.Equal($"providers[0].{key}", fault.Path);
        Assert.True(fault.Line > 1);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }
}
