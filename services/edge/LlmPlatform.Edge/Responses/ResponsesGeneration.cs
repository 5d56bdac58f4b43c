using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Responses;

/// <summary>Reads a request for a response into the shape every provider's protocol is written from.</summary>
internal static class ResponsesGeneration
{
    private const long MaxTokens = 10_000_000;
    private const int MaxTopLogprobs = 20;

    // What only OpenAI itself can do, with what it keeps. Nothing else stands for it.
    private static readonly (string Member, string What, string Instead)[] OnlyThere =
    [
        ("previous_response_id", "a response kept at its provider", "Send the earlier items in 'input' instead."),
        ("prompt", "a prompt stored at OpenAI", "Send its text in 'instructions' instead."),
        ("context_management", "a rule for compacting the context", "Leave it out."),
    ];

    /// <exception cref="TranslationException">
    /// It is not what the protocol says, or cannot be said in another.
    /// </exception>
    public static GenerationRequest Read(ReadOnlyMemory<byte> json, bool stream)
    {
        var body = RequestObject.Parse(json);
        foreach (var (member, what, instead) in OnlyThere)
        {
            if (body.Has(member))
            {
                throw CannotBeSaid(member, what, instead);
            }
        }

        var input = new ResponsesInput();
        input.Read(body);
        var (tools, choice) = ResponsesTools.Read(body);
        var text = body.Object("text");
        return new GenerationRequest
        {
            Instructions = input.Instructions,
            Turns = input.Turns,
            Tools = tools,
            ToolChoice = choice,
            ParallelToolCalls = body.Flag("parallel_tool_calls"),
            Format = text?.Object("format") is { } format ? ReadFormat(format) : null,
            Verbosity = text?.Text("verbosity"),
            MaxOutputTokens = body.Whole("max_output_tokens", 1, MaxTokens),
            Temperature = body.Number("temperature", 0, 2),
            TopP = body.Number("top_p", 0, 1),
            Logprobs = WantsLogprobs(body),
            TopLogprobs = (int?)body.Whole("top_logprobs", 0, MaxTopLogprobs),
            Reasoning = body.Object("reasoning") is { } reasoning ? ReadReasoning(reasoning) : null,
            User = body.Text("safety_identifier") ?? body.Text("user"),
            ServiceTier = body.Text("service_tier"),
            Metadata = body.Object("metadata")?.Value,
            Stream = stream,
        };
    }

    /// <summary>Whether the caller asks for the probabilities of the answer's tokens.</summary>
    public static bool WantsLogprobs(RequestObject body) =>
        body.Texts("include").Contains("message.output_text.logprobs");

    /// <summary>What to throw where no other protocol has words for something.</summary>
    /// <param name="path">Where it stands.</param>
    /// <param name="what">For example "a tool of type 'web_search'".</param>
    /// <param name="instead">What to do, as a sentence.</param>
    public static TranslationException CannotBeSaid(string path, string what, string instead) =>
        new($"'{path}' is {what}, which the provider of this model does not know. {instead}", path);

    private static OutputFormat? ReadFormat(RequestObject format) => format.RequiredText("type") switch
    {
        "text" => null,
        "json_object" => new OutputFormat(Schema: null),
        "json_schema" => new OutputFormat(format.RequiredObject("schema").Value)
        {
            Name = format.Text("name"),
            Description = format.Text("description"),
            Strict = format.Flag("strict"),
        },
        _ => throw format.Fault("type", "must be 'text', 'json_object' or 'json_schema'"),
    };

    private static ReasoningRequest ReadReasoning(RequestObject reasoning)
    {
        var effort = reasoning.Text("effort");
        var summary = reasoning.Text("summary") ?? reasoning.Text("generate_summary");
        return new ReasoningRequest
        {
            IsEnabled = effort != "none",
            Effort = effort,
            ShowThoughts = summary is null ? null : true,
        };
    }
}
