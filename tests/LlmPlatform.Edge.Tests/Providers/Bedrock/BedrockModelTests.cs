using System.Text.Json;
using LlmPlatform.Edge.Providers.Bedrock;
using LlmPlatform.Edge.Translation;

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
        Assert.True(model.Claude is { TakesAdaptive: true, TakesBudget: false });
        Assert.True(BedrockModel.Of(Profile, "house-model").TakesSchema);
    }

    [Theory]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", "Tool", "Tool", "Tool", true)]
    [InlineData("anthropic.claude-haiku-4-5-20251001-v1:0", "Native", "Tool", "Tool", true)]
    [InlineData("global.anthropic.claude-opus-5-5", "Native", "Native", "Tool", true)]
    [InlineData("amazon.nova-lite-v1:0", "Tool", "Tool", "Tool", true)]
    [InlineData("mistral.mistral-large-2402-v1:0", "AnyTool", "AnyTool", "AnyTool", false)]
    [InlineData("mistral.magistral-small-2509", "Native", "AnyTool", "AnyTool", false)]
    [InlineData("deepseek.r1-v1:0", "None", "None", "None", false)]
    [InlineData("deepseek.v3-v1:0", "Native", "Native", "None", false)]
    [InlineData("meta.llama3-1-8b-instruct-v1:0", "None", "None", "None", false)]
    [InlineData("cohere.command-r-v1:0", "None", "None", "None", false)]
    [InlineData("openai.gpt-oss-20b-1:0", "Native", "Native", "None", false)]
    public void How_a_model_is_held_to_a_form_follows_from_its_maker_and_its_age(
        string id, string strictly, string loosely, string toAnyObject, bool takesCachePoints)
    {
        var model = BedrockModel.Of(id, "x");
        using var schema = JsonDocument.Parse("""{"type":"object"}""");
        var form = new OutputFormat(schema.RootElement);

        Assert.Equal(
            (strictly, loosely, toAnyObject),
            (model.ForcingOf(form with { Strict = true }).ToString(), model.ForcingOf(form).ToString(),
                model.ForcingOf(new OutputFormat(Schema: null)).ToString()));
        Assert.Equal(AnswerForcing.None, model.ForcingOf(null));
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
