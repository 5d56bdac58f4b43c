using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>
/// Anthropic's usage, gathered into disjoint meters. A stream says it several times, cumulatively: of each figure the
/// last one that is there counts, and none is ever added to another.
/// </summary>
internal sealed class AnthropicUsage
{
    // No call of any model comes near it, and its cost at any price stays far from the end of 64 bits.
    private const long MostTokens = 100_000_000;

    private long? _input;
    private long? _cacheRead;
    private long? _cacheWrite;
    private long? _cacheWrite5m;
    private long? _cacheWrite1h;
    private long? _output;
    private long? _thinking;
    private bool _isAbsurd;
    private string? _firstRaw;
    private string? _lastRaw;
    private bool _isTooLong;

    /// <summary>True until the answer has been counted: what is known of the output then means nothing.</summary>
    public bool IsEarly { get; set; }

    /// <summary>Reads a usage object.</summary>
    /// <param name="reader">Stands on its beginning; afterwards on its end.</param>
    /// <param name="json">What the reader reads.</param>
    public void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        var start = (int)reader.TokenStartIndex;
        ReadObject(ref reader, Part.Whole);
        Keep(json[start..(int)reader.BytesConsumed]);
    }

    /// <summary>What was said so far; null when no token was named.</summary>
    public UsageReport? Report()
    {
        if (Sum(_input, _cacheRead, _cacheWrite, _cacheWrite5m, _cacheWrite1h, _output) == 0)
        {
            return null;
        }

        var (write5m, write1h, isSplitTrue) = CacheWrites();
        var output = _output ?? 0;
        var thinking = _thinking ?? 0;
        var isConsistent = !_isAbsurd && isSplitTrue && thinking <= output;
        var tokens = new TokenUsage
        {
            InputUncached = _input ?? 0,
            CacheRead = _cacheRead ?? 0,
            CacheWrite5m = write5m,
            CacheWrite1h = write1h,
            OutputText = thinking <= output ? output - thinking : thinking,
            OutputReasoning = thinking <= output ? thinking : 0,
        };
        return new UsageReport(tokens, isConsistent, Raw()) { IsEarly = IsEarly };
    }

    // Where the split and the sum contradict each other, the larger is billed, at the price of the longer time if any
    // of it was written for that.
    private (long Write5m, long Write1h, bool IsTrue) CacheWrites()
    {
        if (_cacheWrite5m is null && _cacheWrite1h is null)
        {
            return (_cacheWrite ?? 0, 0, true);
        }

        var (write5m, write1h) = (_cacheWrite5m ?? 0, _cacheWrite1h ?? 0);
        var missing = _cacheWrite is { } sum ? sum - write5m - write1h : 0;
        var more = Math.Max(missing, 0);
        return write1h > 0 ? (write5m, write1h + more, missing == 0) : (write5m + more, 0, missing == 0);
    }

    private void ReadObject(ref Utf8JsonReader reader, Part part)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var inner = part == Part.Whole ? InnerPart(in reader) : Part.Other;
            ref var figure = ref FigureOf(in reader, part, out var isFigure);
            reader.Read();
            if (inner != Part.Other && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, inner);
            }
            else if (isFigure && reader.TokenType == JsonTokenType.Number)
            {
                figure = Count(in reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    // Some servers write counts as 12.0.
    private long Count(in Utf8JsonReader reader)
    {
        var isCount = reader.TryGetDecimal(out var value)
            && value is >= 0 and <= MostTokens && decimal.IsInteger(value);
        _isAbsurd |= !isCount;
        return isCount ? (long)value : 0;
    }

    private static Part InnerPart(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("cache_creation"u8) ? Part.CacheCreation
        : reader.ValueTextEquals("output_tokens_details"u8) ? Part.OutputDetails
        : Part.Other;

    private ref long? FigureOf(in Utf8JsonReader reader, Part part, out bool isFigure)
    {
        isFigure = true;
        if (part == Part.CacheCreation && reader.ValueTextEquals("ephemeral_5m_input_tokens"u8))
            return ref _cacheWrite5m;
        if (part == Part.CacheCreation && reader.ValueTextEquals("ephemeral_1h_input_tokens"u8))
            return ref _cacheWrite1h;
        if (part == Part.OutputDetails && reader.ValueTextEquals("thinking_tokens"u8))
            return ref _thinking;
        if (part == Part.Whole && reader.ValueTextEquals("input_tokens"u8))
            return ref _input;
        if (part == Part.Whole && reader.ValueTextEquals("output_tokens"u8))
            return ref _output;
        if (part == Part.Whole && reader.ValueTextEquals("cache_read_input_tokens"u8))
            return ref _cacheRead;
        if (part == Part.Whole && reader.ValueTextEquals("cache_creation_input_tokens"u8))
            return ref _cacheWrite;
        isFigure = false;
        return ref _input;
    }

    // The first has the split and the server's tools, the last the final figures: both are kept.
    private void Keep(ReadOnlySpan<byte> raw)
    {
        var text = UsageReport.From(TokenUsage.None, isConsistent: true, raw).Raw;
        _isTooLong |= text is null;
        if (_firstRaw is null)
        {
            _firstRaw = text;
        }
        else
        {
            _lastRaw = text;
        }
    }

    private string? Raw() => _isTooLong ? null
        : _lastRaw is null ? _firstRaw
        : _firstRaw!.Length + _lastRaw.Length + 3 > UsageReport.MaxRawBytes ? _lastRaw
        : $"[{_firstRaw},{_lastRaw}]";

    private static long Sum(params ReadOnlySpan<long?> figures)
    {
        var sum = 0L;
        foreach (var figure in figures)
        {
            sum += figure ?? 0;
        }

        return sum;
    }

    private enum Part
    {
        Whole,
        CacheCreation,
        OutputDetails,
        Other,
    }
}
