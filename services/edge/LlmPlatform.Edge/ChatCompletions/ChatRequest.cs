using System.Buffers;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>
/// What the gateway must know of a chat request, and where it stands in the bytes: the body is never turned into
/// objects, and what we do not know travels through untouched.
/// </summary>
internal sealed partial class ChatRequest : InboundRequest
{
    // In the order of the body, because they are met in that order.
    private readonly List<Place> _places = new(3);
    private Members _seen;
    private bool _canBoundMaxTokens;
    private bool _canBoundMaxCompletionTokens;

    private ChatRequest(ReadOnlyMemory<byte> body)
        : base(body)
    {
    }

    /// <summary>True when the caller asked for the usage chunk of a stream itself.</summary>
    public bool IncludeUsage { get; private set; }

    /// <inheritdoc />
    public override bool ShowUsage => IncludeUsage;

    /// <summary>
    /// Writes the body as a provider must see it: its own model name, usage in every stream, and a bound on the output
    /// where the hold stands on one that the caller did not give. Everything else is copied byte for byte.
    /// </summary>
    public override void WriteTo(IBufferWriter<byte> output, in PassThroughChanges changes)
    {
        var body = Body.Span;
        var at = body.IndexOf((byte)'{') + 1;
        output.Write(body[..at]);
        var useMaxCompletionTokens = changes.UseMaxCompletionTokens;
        var asksForUsage = Stream && changes.AskForUsage;
        var boundPlace = useMaxCompletionTokens ? Splice.MaxCompletionTokens : Splice.MaxTokens;
        var hasPlace = useMaxCompletionTokens ? _canBoundMaxCompletionTokens : _canBoundMaxTokens;
        if (changes.OutputBound is { } bound && !hasPlace)
        {
            output.Write(useMaxCompletionTokens ? "\"max_completion_tokens\":"u8 : "\"max_tokens\":"u8);
            RequestMembers.WriteNumber(output, bound);
            output.Write(","u8);
        }

        if (asksForUsage && !_seen.HasFlag(Members.StreamOptions))
        {
            output.Write("\"stream_options\":{\"include_usage\":true},"u8);
        }

        foreach (var place in _places)
        {
            output.Write(body[at..place.Start]);
            at = place.End;
            if (place.What == Splice.Model)
            {
                RequestMembers.WriteString(output, changes.Model);
            }
            else if (place.What == boundPlace && changes.OutputBound is { } value)
            {
                RequestMembers.WriteNumber(output, value);
            }
            else if (!asksForUsage || !TryWriteUsage(output, place.What))
            {
                output.Write(body[place.Start..at]);
            }
        }

        output.Write(body[at..]);
    }

    private static bool TryWriteUsage(IBufferWriter<byte> output, Splice what)
    {
        var text = what switch
        {
            Splice.IncludeUsage => "true"u8,
            Splice.StreamOptions => "{\"include_usage\":true}"u8,
            Splice.StreamOptionsOpening => "\"include_usage\":true,"u8,
            Splice.StreamOptionsEmpty => "\"include_usage\":true"u8,
            _ => default,
        };
        output.Write(text);
        return !text.IsEmpty;
    }

    /// <summary>What may stand in place of some bytes of the body.</summary>
    private enum Splice
    {
        Model,
        IncludeUsage,
        StreamOptions,
        StreamOptionsOpening,
        StreamOptionsEmpty,
        MaxTokens,
        MaxCompletionTokens,
    }

    /// <summary>
    /// The members that are read. None may come twice: which of the two a provider would take is not ours to guess.
    /// </summary>
    [Flags]
    private enum Members
    {
        Model = 1,
        Messages = 2,
        Stream = 4,
        StreamOptions = 8,
        MaxTokens = 16,
        MaxCompletionTokens = 32,
        Choices = 64,
        Temperature = 128,
        IncludeUsage = 256,
    }

    private readonly record struct Place(Splice What, int Start, int End);
}
