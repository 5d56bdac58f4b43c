using System.Text.Json;

namespace LlmPlatform.Edge.Translation;

/// <summary>
/// Receives an answer piece by piece, whole or streamed, from the reader of a provider's protocol. Of one choice, the
/// parts come one after the other; of several choices, calls may be mixed.
/// </summary>
internal interface IAnswerSink
{
    /// <summary>The answer begins. Called once, first.</summary>
    void Start(AnswerHead head);

    /// <summary>A part begins.</summary>
    void BeginPart(int choice, AnswerPart part);

    /// <summary>More of the part under way: text, thought, refusal, or a piece of a tool call's arguments.</summary>
    void Append(int choice, string text);

    /// <summary>
    /// The probabilities of the tokens last appended: an array of OpenAI's objects
    /// (<c>token</c>, <c>logprob</c>, <c>bytes</c>, <c>top_logprobs</c>).
    /// </summary>
    void AppendLogprobs(int choice, JsonElement tokens);

    /// <summary>The signature of the part under way; of a tool call, before its arguments.</summary>
    void Sign(int choice, ThoughtSignature signature);

    /// <summary>The part under way ends.</summary>
    void EndPart(int choice);

    /// <summary>A choice ends.</summary>
    /// <param name="choice">From 0.</param>
    /// <param name="reason">Why.</param>
    /// <param name="stopSequence">The text that ended it, where the provider says.</param>
    void EndChoice(int choice, StopReason reason, string? stopSequence = null);

    /// <summary>What was consumed so far; a later report replaces it.</summary>
    void Report(UsageReport usage);

    /// <summary>The provider failed in the middle. Nothing but <see cref="Complete"/> follows.</summary>
    void Fail(ProviderFault fault);

    /// <summary>Nothing more comes. Called once, last.</summary>
    void Complete();
}
