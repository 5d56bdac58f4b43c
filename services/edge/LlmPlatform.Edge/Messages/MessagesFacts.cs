using System.Text.Json;
using LlmPlatform.Edge.Providers.Anthropic;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Messages;

/// <summary>Reads what a whole Messages answer says of itself, without making objects of it.</summary>
internal static class MessagesFacts
{
    private const int MaxIdBytes = 200;

    /// <summary>Reads an answer; one that is no JSON object with content or an error is none.</summary>
    public static AnswerFacts Read(ReadOnlySpan<byte> answer)
    {
        try
        {
            return Scan(answer);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return new AnswerFacts(IsAnswer: false);
        }
    }

    private static AnswerFacts Scan(ReadOnlySpan<byte> answer)
    {
        var reader = new Utf8JsonReader(answer);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return new AnswerFacts(IsAnswer: false);
        }

        var usage = new AnthropicUsage();
        var facts = new AnswerFacts(IsAnswer: false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isError = reader.ValueTextEquals("error"u8);
            var isContent = reader.ValueTextEquals("content"u8);
            var isUsage = reader.ValueTextEquals("usage"u8);
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (isUsage)
            {
                usage.Read(ref reader, answer);
            }
            else if (isContent && reader.TokenType == JsonTokenType.StartArray)
            {
                facts = facts with { IsAnswer = true, ContentBytes = ContentBytes(ref reader) };
            }
            else if (isError && reader.TokenType == JsonTokenType.StartObject)
            {
                facts = facts with { IsAnswer = true, Fault = AnthropicFault.Read(status: 200, answer) };
            }
            else if (isId && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= MaxIdBytes)
            {
                facts = facts with { ProviderRequestId = reader.GetString() };
            }

            reader.Skip();
        }

        // Nothing but blanks may follow, or the reader says so.
        reader.Read();
        return facts with { Usage = usage.Report() };
    }

    private static long ContentBytes(ref Utf8JsonReader reader)
    {
        var bytes = 0L;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                bytes += MessagesText.BlockBytes(ref reader);
            }

            reader.Skip();
        }

        return bytes;
    }
}
