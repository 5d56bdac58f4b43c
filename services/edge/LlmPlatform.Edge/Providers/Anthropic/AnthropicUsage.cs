using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>
/// Anthropic's usage, gathered into disjoint meters. A stream says it several times, cumulatively: of each figure the
/// last one that is there counts, and none is ever added to another. What a call consumed beside its own answer is said
/// only in the list of its iterations, and comes on top.
/// </summary>
internal sealed class AnthropicUsage
{
    private AnthropicFigures _whole;
    private AnthropicIterations? _iterations;
    private string? _tier;
    private string? _region;
    private bool _isFast;
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
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadMember(ref reader);
        }

        Keep(json[start..(int)reader.BytesConsumed]);
    }

    /// <summary>What was said so far; null when no token was named.</summary>
    public UsageReport? Report()
    {
        if (!_whole.IsKnown && _iterations is not { IsKnown: true })
        {
            return null;
        }

        var tokens = _whole.ToTokens(out var isConsistent);
        if (_iterations is { } iterations)
        {
            tokens = iterations.CompletedBy(tokens);
            isConsistent &= iterations.IsConsistent;
        }

        return new UsageReport(tokens, isConsistent, Raw())
        {
            IsEarly = IsEarly,
            ServiceTier = _isFast ? "fast" : _tier,
            Region = _region,
        };
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        if (_whole.Take(ref reader))
        {
            return;
        }

        var isIterations = reader.ValueTextEquals("iterations"u8);
        var isTier = reader.ValueTextEquals("service_tier"u8);
        var isRegion = reader.ValueTextEquals("inference_geo"u8);
        var isSpeed = reader.ValueTextEquals("speed"u8);
        reader.Read();
        if (isIterations && reader.TokenType == JsonTokenType.StartArray)
        {
            _iterations = AnthropicIterations.Read(ref reader);
        }
        else if (isTier || isRegion || isSpeed)
        {
            var word = UsageReport.Word(in reader);
            _tier = isTier ? word ?? _tier : _tier;
            _region = isRegion && word is not (null or "not_available") ? word : _region;
            _isFast |= isSpeed && word == "fast";
            reader.Skip();
        }
        else
        {
            reader.Skip();
        }
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
}
