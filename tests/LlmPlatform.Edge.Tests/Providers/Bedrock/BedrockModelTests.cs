using LlmPlatform.Edge.Providers.Bedrock;

namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

public sealed class BedrockModelTests
{
    [Theory]
    [InlineData("anthropic.claude-3-5-sonnet-20240620-v1:0", "Anthropic")]
    [InlineData("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "Anthropic")]
    [InlineData("us-gov.anthropic.claude-3-haiku-20240307-v1:0", "Anthropic")]
    [InlineData("arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-opus-4-6-v1",
        "Anthropic")]
    [InlineData("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "Amazon")]
    [InlineData("us.meta.llama3-3-70b-instruct-v1:0", "Plain")]
    [InlineData("openai.gpt-oss-120b-1:0", "OpenAi")]
    [InlineData("qwen.qwen3-32b-v1:0", "Other")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456", "Unknown")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:provisioned-model/anthropic1234", "Unknown")]
    public void An_id_tells_who_made_the_model(string id, string vendor) =>
        Assert.Equal(vendor, BedrockModel.Of(id, "some-name").Vendor.ToString());

    [Fact]
    public void Where_an_ARN_tells_nothing_the_published_name_may()
    {
        const string Profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456";

        var model = BedrockModel.Of(Profile, "Claude-Opus-4-7");

        Assert.Equal(BedrockVendor.Anthropic, model.Vendor);
        Assert.True(model.IsOnlyAdaptive);
        Assert.Equal(AnswerForcing.Native, BedrockModel.Of(Profile, "house-model").Forcing);
    }

    [Theory]
    [InlineData("anthropic.claude-v2:1", false, false, false)]
    [InlineData("anthropic.claude-instant-v1", false, false, false)]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", false, false, false)]
    [InlineData("anthropic.claude-3-7-sonnet-20250219-v1:0", false, false, false)]
    [InlineData("anthropic.claude-sonnet-4-20250514-v1:0", false, false, false)]
    [InlineData("anthropic.claude-opus-4-1-20250805-v1:0", false, false, false)]
    [InlineData("anthropic.claude-haiku-4-5-20251001-v1:0", true, false, false)]
    [InlineData("anthropic.claude-opus-4-6-v1", true, true, false)]
    [InlineData("anthropic.claude-opus-4-7", true, true, true)]
    [InlineData("global.anthropic.claude-opus-5", true, true, true)]
    public void A_Claude_is_known_by_its_version(string id, bool takesSchema, bool isAdaptive, bool isOnlyAdaptive)
    {
        var model = BedrockModel.Of(id, "x");

        Assert.Equal(takesSchema ? AnswerForcing.Native : AnswerForcing.Tool, model.Forcing);
        Assert.Equal((isAdaptive, isOnlyAdaptive), (model.IsAdaptive, model.IsOnlyAdaptive));
        Assert.True(model.TakesCachePoints);
    }

    [Theory]
    [InlineData("amazon.nova-lite-v1:0", "Tool", "Tool", true)]
    [InlineData("mistral.mistral-large-2402-v1:0", "AnyTool", "AnyTool", false)]
    [InlineData("mistral.magistral-small-2509", "Native", "AnyTool", false)]
    [InlineData("deepseek.r1-v1:0", "None", "None", false)]
    [InlineData("deepseek.v3-v1:0", "Native", "None", false)]
    [InlineData("meta.llama3-1-8b-instruct-v1:0", "None", "None", false)]
    [InlineData("cohere.command-r-v1:0", "None", "None", false)]
    [InlineData("openai.gpt-oss-20b-1:0", "Native", "None", false)]
    public void How_others_are_asked_follows_from_their_makers(
        string id, string forcing, string withoutSchema, bool takesCachePoints)
    {
        var model = BedrockModel.Of(id, "x");

        Assert.Equal((forcing, withoutSchema), (model.Forcing.ToString(), model.ForcingWithoutSchema.ToString()));
        Assert.Equal(takesCachePoints, model.TakesCachePoints);
    }

    [Theory]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", true)]
    [InlineData("arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/a.b-v1:0", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("../converse", false)]
    [InlineData("a b", false)]
    [InlineData("a?x=1", false)]
    [InlineData("a%2e", false)]
    public void What_leads_elsewhere_is_no_id(string text, bool isId) => Assert.Equal(isId, BedrockModel.IsId(text));
}
