using LlmPlatform.Edge.Translation;
using static LlmPlatform.Edge.Tests.Providers.Bedrock.ConverseRequests;

namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

/// <summary>What Converse has no words for, in the words of the models' makers.</summary>
public sealed class ConverseModelFieldTests
{
    [Theory]
    [InlineData(OldClaude, "low", null, null, """{"thinking":{"type":"enabled","budget_tokens":2048}}""")]
    [InlineData(OldClaude, null, 5000L, null, """{"thinking":{"type":"enabled","budget_tokens":5000}}""")]
    [InlineData(OldClaude, null, null, null, """{"thinking":{"type":"enabled","budget_tokens":8192}}""")]
    [InlineData(OldClaude, "high", null, 4000L, """{"thinking":{"type":"enabled","budget_tokens":3000}}""")]
    [InlineData(OldClaude, "high", null, 1000L, "null")]
    [InlineData("anthropic.claude-opus-4-6-v1", "xhigh", null, null,
        """{"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}}""")]
    [InlineData("anthropic.claude-opus-4-6-v1", null, 5000L, null,
        """{"thinking":{"type":"enabled","budget_tokens":5000}}""")]
    [InlineData(NewClaude, "xhigh", null, null,
        """{"thinking":{"type":"adaptive"},"output_config":{"effort":"xhigh"}}""")]
    [InlineData(NewClaude, null, 5000L, null,
        """{"thinking":{"type":"adaptive"},"output_config":{"effort":"low"}}""")]
    [InlineData(NewClaude, null, null, null, """{"thinking":{"type":"adaptive"}}""")]
    [InlineData(Gpt, "minimal", null, null, """{"reasoning_effort":"low"}""")]
    [InlineData(Gpt, null, 30000L, null, """{"reasoning_effort":"high"}""")]
    [InlineData("us.amazon.nova-2-lite-v1:0", "medium", null, null,
        """{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"medium"}}""")]
    public void How_much_to_think_is_said_in_the_words_of_the_models_maker(
        string model, string? effort, long? budget, long? maxTokens, string fields)
    {
        var request = Hello with
        {
            MaxOutputTokens = maxTokens,
            Reasoning = new ReasoningRequest { Effort = effort, BudgetTokens = budget },
        };

        Assert.Equal(fields, ModelFields(request, model));
    }

    [Fact]
    public void Not_to_think_is_said_to_those_who_do_by_themselves()
    {
        var request = Hello with { Reasoning = new ReasoningRequest { IsEnabled = false } };

        Assert.Equal("null", ModelFields(request, Llama));
        Assert.Equal("null", ModelFields(request, OldClaude));
        Assert.Equal("""{"thinking":{"type":"disabled"}}""", ModelFields(request, "anthropic.claude-opus-5"));
        Assert.Equal("reasoning", RefusedParam(request, Gpt));
        Assert.Equal("reasoning", RefusedParam(Hello with { Reasoning = new ReasoningRequest() }, Llama));
    }

    [Fact]
    public void Thoughts_are_shown_when_asked_for_where_they_would_not_be()
    {
        var request = Hello with { Reasoning = new ReasoningRequest { ShowThoughts = true } };

        Assert.Equal(
            """{"thinking":{"type":"adaptive","display":"summarized"}}""", ModelFields(request, NewClaude));
    }

    [Theory]
    [InlineData(BedrockTargets.Claude, """{"top_k":40}""")]
    [InlineData(Nova, """{"inferenceConfig":{"topK":40}}""")]
    [InlineData("cohere.command-r-v1:0", """{"k":40}""")]
    public void Top_k_is_said_in_the_words_of_the_models_maker(string model, string fields)
    {
        var request = Hello with { TopK = 40 };

        Assert.Equal(fields, ModelFields(request, model));
        Assert.Equal("top_k", RefusedParam(request, Llama));
    }

    [Fact]
    public void A_Claude_in_the_midst_of_its_calls_thinks_on_only_with_its_own_thoughts()
    {
        var request = Hello with { Tools = [Look], Reasoning = new ReasoningRequest(), Turns = AfterACall };
        var thought = new ContentPart.Thinking("So.")
        {
            Signature = new ThoughtSignature(SignatureOrigins.Bedrock, "c2ln"),
        };
        var own = new Turn(TurnRole.Assistant, [thought, .. AfterACall[1].Parts]);

        Assert.Equal("null", ModelFields(request, OldClaude));
        Assert.Equal(
            """{"thinking":{"type":"enabled","budget_tokens":8192}}""",
            ModelFields(request with { Turns = [AfterACall[0], own, AfterACall[2]] }, OldClaude));
    }

    [Fact]
    public void Sampling_is_said_as_far_as_a_model_takes_it()
    {
        var request = Hello with { Temperature = 1.5m, TopP = 0.9m, TopK = 40, Stop = ["END"] };

        Assert.Equal(
            """{"temperature":1,"topP":0.9,"stopSequences":["END"]}""", Inference(request, Nova));
        Assert.Equal(
            """{"temperature":1,"topP":0.9,"stopSequences":["END"]}""", Inference(request, OldClaude));
        Assert.Equal("""{"temperature":1,"stopSequences":["END"]}""", Inference(request, BedrockTargets.Claude));
        Assert.Equal("""{"stopSequences":["END"]}""", Inference(request, NewClaude));
        Assert.Equal("null", ModelFields(request, NewClaude));
        Assert.Equal(
            """{"stopSequences":["END"]}""",
            Inference(request with { Reasoning = new ReasoningRequest() }, OldClaude));
    }

    [Fact]
    public void A_stop_text_of_blanks_alone_goes_to_models_that_take_one_and_is_refused_for_Claude()
    {
        var request = Hello with { Stop = ["END", " \n"] };

        Assert.Equal("""{"stopSequences":["END"," \n"]}""", Inference(request, Nova));
        Assert.Equal(
            "stop", Assert.Throws<TranslationException>(() => Inference(request, BedrockTargets.Claude)).Param);
    }

    private static string Inference(GenerationRequest request, string model) =>
        Write(request, model)["inferenceConfig"]!.ToJsonString();
}
