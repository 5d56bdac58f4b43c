using System.Buffers;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>
/// What the gateway must know of a request for chat or text completions, and where it stands in the bytes: the body is
/// never turned into objects unless it is translated, and what we do not know travels through untouched.
/// </summary>
internal abstract partial class OpenAiRequest(ReadOnlyMemory<byte> body) : InboundRequest(body)
{
    // In the order of the body, because they are met in that order.
    private readonly List<Place> _places = new(3);
    private Members _seen;
    private bool _canBoundMaxTokens;
    private bool _isBoundGiven;
    private bool _canBoundMaxCompletionTokens;

    // Where the member that was read last ends; 0 before the first.
    private int _memberEnd;

    /// <summary>True when the caller asked for the usage chunk of a stream itself.</summary>
    public bool IncludeUsage { get; private set; }

    /// <inheritdoc />
    public override bool ShowUsage => IncludeUsage;

    /// <summary>
    /// Writes the body as a provider must see it: its own model name, usage in every stream, and a bound on the output
    /// where the hold stands on one that the caller did not give; a bound and a role under the names it knows, and
    /// without what only other providers know of their own answers. Everything else is copied byte for byte.
    /// </summary>
    public override void WriteTo(IBufferWriter<byte> output, in PassThroughChanges changes)
    {
        var body = Body.Span;
        var at = body.IndexOf((byte)'{') + 1;
        output.Write(body[..at]);
        WriteAhead(output, in changes);
        foreach (var place in _places)
        {
            // What stands inside a member that is left out is left out with it.
            if (place.Start < at || Stays(place.What, in changes))
            {
                continue;
            }

            output.Write(body[at..place.Start]);
            at = place.End;
            if (!TryWrite(output, place, in changes))
            {
                output.Write(body[place.Start..at]);
            }
        }

        output.Write(body[at..]);
    }

    private void WriteAhead(IBufferWriter<byte> output, in PassThroughChanges changes)
    {
        var hasPlace = changes.UseMaxCompletionTokens ? _canBoundMaxCompletionTokens : _canBoundMaxTokens;
        if (changes.OutputBound is { } bound && !hasPlace && !_isBoundGiven)
        {
            output.Write(changes.UseMaxCompletionTokens ? "\"max_completion_tokens\":"u8 : "\"max_tokens\":"u8);
            RequestMembers.WriteNumber(output, bound);
            output.Write(","u8);
        }

        if (Stream && changes.AskForUsage && !_seen.HasFlag(Members.StreamOptions))
        {
            output.Write("\"stream_options\":{\"include_usage\":true},"u8);
        }
    }

    // Members that go as a whole, unless the provider knows them.
    private static bool Stays(Splice what, in PassThroughChanges changes) => what switch
    {
        Splice.WholeStreamOptions => changes.AskForUsage,
        Splice.OthersOwn => changes.TakesOthersOwn,
        _ => false,
    };

    // False where the caller's bytes stay.
    private bool TryWrite(IBufferWriter<byte> output, Place place, in PassThroughChanges changes)
    {
        switch (place.What)
        {
            case Splice.GivenBound when changes.OutputBound is { } most:
                return RequestMembers.TryWriteLower(output, Body.Span[place.Start..place.End], most);
            case Splice.Model:
                RequestMembers.WriteString(output, changes.Model);
                return true;
            case Splice.MaxTokens when !changes.UseMaxCompletionTokens && changes.OutputBound is { } bound:
                RequestMembers.WriteNumber(output, bound);
                return true;
            case Splice.MaxCompletionTokens when changes is { UseMaxCompletionTokens: true, OutputBound: { } bound }:
                RequestMembers.WriteNumber(output, bound);
                return true;
            case Splice.MaxCompletionTokensName when !changes.UseMaxCompletionTokens
                && !_seen.HasFlag(Members.MaxTokens):
                output.Write("\"max_tokens\""u8);
                return true;
            case Splice.DeveloperRole when !changes.TakesDeveloperRole:
                output.Write("\"system\""u8);
                return true;
            case Splice.WholeStreamOptions or Splice.OthersOwn:
                return true;
            default:
                return Stream && changes.AskForUsage && TryWriteUsage(output, place.What);
        }
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
    protected enum Splice
    {
        /// <summary>The model's name.</summary>
        Model,

        /// <summary>Whether usage is asked for.</summary>
        IncludeUsage,

        /// <summary>The value of <c>stream_options</c>, being null.</summary>
        StreamOptions,

        /// <summary>Nothing, within <c>stream_options</c> and before its first member.</summary>
        StreamOptionsOpening,

        /// <summary>Nothing, within an empty <c>stream_options</c>.</summary>
        StreamOptionsEmpty,

        /// <summary>The member <c>stream_options</c>, with its comma.</summary>
        WholeStreamOptions,

        /// <summary>The value of <c>max_tokens</c>, being null.</summary>
        MaxTokens,

        /// <summary>The value of <c>max_completion_tokens</c>, being null.</summary>
        MaxCompletionTokens,

        /// <summary>The value of either of them, being a number.</summary>
        GivenBound,

        /// <summary>The name of <c>max_completion_tokens</c>.</summary>
        MaxCompletionTokensName,

        /// <summary>The role <c>developer</c>.</summary>
        DeveloperRole,

        /// <summary>A member, with its comma, that another provider's answer brought into the conversation.</summary>
        OthersOwn,
    }

    /// <summary>
    /// The members that are read. None may come twice: which of the two a provider would take is not ours to guess.
    /// </summary>
    [Flags]
    private enum Members
    {
        Model = 1,
        Subject = 2,
        Stream = 4,
        StreamOptions = 8,
        MaxTokens = 16,
        MaxCompletionTokens = 32,
        Choices = 64,
        Temperature = 128,
        IncludeUsage = 256,
        BestOf = 512,
        WebSearchOptions = 1024,
        EnableSearch = 2048,
    }

    private readonly record struct Place(Splice What, int Start, int End);
}
