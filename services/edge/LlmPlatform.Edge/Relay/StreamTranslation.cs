using System.Buffers;
using System.Text;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Relay;

/// <summary>A stream that is translated: a provider's reader speaks to a caller's writer.</summary>
internal sealed class StreamTranslation : StreamPassage
{
    private readonly AnswerReader _reader;
    private readonly AnswerStreamWriter _writer;

    /// <param name="framing">Of the provider's bytes.</param>
    /// <param name="writer">Writes the caller's events.</param>
    /// <param name="openReader">Makes the provider's reader, speaking to what it is given.</param>
    public StreamTranslation(
        StreamFraming framing, AnswerStreamWriter writer, Func<IAnswerSink, AnswerReader> openReader)
    {
        Framing = framing;
        _writer = writer;
        _reader = openReader(new Tally(this, writer));
    }

    /// <inheritdoc />
    public override StreamFraming Framing { get; }

    /// <inheritdoc />
    public override bool Begins(in StreamEvent streamEvent, out ProviderFault? fault)
    {
        try
        {
            return _reader.Begins(in streamEvent, out fault);
        }
        catch (Exception broken) when (UnreadableAnswer.Is(broken))
        {
            throw UnreadableAnswer.Of(broken);
        }
    }

    /// <inheritdoc />
    public override bool Take(in StreamEvent streamEvent, IBufferWriter<byte> output)
    {
        _writer.Output = output;
        try
        {
            if (!_reader.Read(in streamEvent))
            {
                return false;
            }
        }
        catch (Exception broken) when (UnreadableAnswer.Is(broken))
        {
            throw UnreadableAnswer.Of(broken);
        }

        Complete();
        return true;
    }

    /// <inheritdoc />
    public override bool End(IBufferWriter<byte> output)
    {
        _writer.Output = output;
        if (!_reader.End())
        {
            return false;
        }

        Complete();
        return true;
    }

    /// <inheritdoc />
    public override void EndWithError(GatewayError error, IBufferWriter<byte> output)
    {
        _writer.Output = output;
        _writer.EndWithError(error);
    }

    private void Complete()
    {
        ProviderRequestId ??= _reader.ProviderRequestId;
        _writer.Complete();
    }

    /// <summary>Counts what passes, on its way from the reader to the writer.</summary>
    private sealed class Tally(StreamTranslation owner, AnswerStreamWriter writer) : IAnswerSink
    {
        public void Start(AnswerHead head)
        {
            owner.ProviderRequestId = head.Id;
            writer.Start(head);
        }

        public void BeginPart(int choice, AnswerPart part) => writer.BeginPart(choice, part);

        public void Append(int choice, string text)
        {
            owner.CountContent(Encoding.UTF8.GetByteCount(text));
            writer.Append(choice, text);
        }

        public void AppendLogprobs(int choice, JsonElement tokens) =>
            writer.AppendLogprobs(choice, tokens);

        public void Sign(int choice, ThoughtSignature signature) => writer.Sign(choice, signature);

        public void EndPart(int choice) => writer.EndPart(choice);

        public void EndChoice(int choice, StopReason reason, string? stopSequence) =>
            writer.EndChoice(choice, reason, stopSequence);

        public void Report(UsageReport usage)
        {
            owner.Usage = usage;
            writer.Report(usage);
        }

        public void Fail(ProviderFault fault)
        {
            owner.SawError = true;
            writer.Fail(fault);
        }

        public void Complete()
        {
            // The passage completes the writer itself, when it knows that nothing more comes.
        }
    }
}
