using System.Buffers;
using System.Text.Json;

namespace LlmPlatform.Edge.Translation;

/// <summary>Writes an answer as the stream of a public API. One for each answer; not thread-safe.</summary>
internal abstract class AnswerStreamWriter : IAnswerSink
{
    /// <summary>Where to write now; changed from event to event.</summary>
    public IBufferWriter<byte> Output { get; set; } = null!;

    /// <inheritdoc />
    public abstract void Start(AnswerHead head);

    /// <inheritdoc />
    public abstract void BeginPart(int choice, AnswerPart part);

    /// <inheritdoc />
    public abstract void Append(int choice, string text);

    /// <inheritdoc />
    public abstract void AppendLogprobs(int choice, JsonElement tokens);

    /// <inheritdoc />
    public abstract void Sign(int choice, ThoughtSignature signature);

    /// <inheritdoc />
    public abstract void EndPart(int choice);

    /// <inheritdoc />
    public abstract void EndChoice(int choice, StopReason reason, string? stopSequence = null);

    /// <inheritdoc />
    public abstract void Report(UsageReport usage);

    /// <inheritdoc />
    public abstract void Fail(ProviderFault fault);

    /// <inheritdoc />
    public abstract void Complete();

    /// <summary>Ends the stream with an error of ours, wherever it stands.</summary>
    public abstract void EndWithError(GatewayError error);
}
