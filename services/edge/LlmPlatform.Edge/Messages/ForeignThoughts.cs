using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Messages;

/// <summary>
/// Finds the thoughts of a conversation that Anthropic did not sign: they came from another provider, through this
/// gateway, and Anthropic refuses a request that holds one. Hardly any request has any, and one that has none is only
/// searched for a few words.
/// </summary>
internal static class ForeignThoughts
{
    /// <summary>The bytes to leave out, with the comma beside them, in the order of the body.</summary>
    /// <param name="body">Valid JSON.</param>
    /// <exception cref="TranslationException">A text in it is not valid Unicode.</exception>
    public static IReadOnlyList<Range> In(ReadOnlySpan<byte> body)
    {
        if (!MayHoldSome(body))
        {
            return [];
        }

        try
        {
            return Find(body);
        }
        catch (InvalidOperationException)
        {
            // How the reader says that a name or text it was to compare is half a surrogate pair.
            throw new TranslationException("The body is not valid JSON: a text in it is not valid Unicode.");
        }
    }

    private static List<Range> Find(ReadOnlySpan<byte> body)
    {
        var cuts = new List<Range>();
        var reader = new Utf8JsonReader(body);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMessages = reader.ValueTextEquals("messages"u8);
            reader.Read();
            if (isMessages && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    ReadMessage(ref reader, cuts);
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return cuts;
    }

    private static bool MayHoldSome(ReadOnlySpan<byte> body) =>
        body.IndexOf("thinking\""u8) >= 0
        && (body.IndexOf("\"gemini#"u8) >= 0 || body.IndexOf("\"openai#"u8) >= 0 || body.IndexOf("\"bedrock#"u8) >= 0
            || body.IndexOf("\"signature\":\"\""u8) >= 0 || body.IndexOf("\"signature\": \"\""u8) >= 0);

    private static void ReadMessage(ref Utf8JsonReader reader, List<Range> cuts)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isContent = reader.ValueTextEquals("content"u8);
            reader.Read();
            if (isContent && reader.TokenType == JsonTokenType.StartArray)
            {
                ReadContent(ref reader, cuts);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    // A block takes the comma before it along. Where nothing stays before it, it takes the one behind it: it is cut as
    // far as the next block begins.
    private static void ReadContent(ref Utf8JsonReader reader, List<Range> cuts)
    {
        var previousEnd = -1;
        int? openCut = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            if (openCut is { } from)
            {
                cuts.Add(from..start);
                openCut = null;
            }

            var isForeign = IsForeign(ref reader);
            var end = (int)reader.BytesConsumed;
            if (!isForeign)
            {
                previousEnd = end;
            }
            else if (previousEnd >= 0)
            {
                cuts.Add(previousEnd..end);
                previousEnd = end;
            }
            else
            {
                openCut = start;
            }
        }

        if (openCut is { } last)
        {
            cuts.Add(last..(int)reader.TokenStartIndex);
        }
    }

    private static bool IsForeign(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        var isThinking = false;
        string? signature = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isSignature = reader.ValueTextEquals("signature"u8) || reader.ValueTextEquals("data"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String)
            {
                isThinking = reader.ValueTextEquals("thinking"u8) || reader.ValueTextEquals("redacted_thinking"u8);
            }
            else if (isSignature && reader.TokenType == JsonTokenType.String)
            {
                signature = reader.GetString();
            }

            reader.Skip();
        }

        return isThinking && signature is not null
            && (signature.Length == 0
                || ThoughtSignature.Parse(signature, SignatureOrigins.Anthropic).Origin != SignatureOrigins.Anthropic);
    }
}
