using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Responses;

/// <summary>What a response object says of itself, whole or inside an event.</summary>
internal ref struct ResponsesObject
{
    private const int MaxIdBytes = 200;

    /// <summary>True when it is one whole JSON object with an output in it.</summary>
    public bool IsResponse;

    /// <summary>The response's id, under which its provider keeps it.</summary>
    public string? Id;

    /// <summary>What was consumed; null when it does not say.</summary>
    public UsageReport? Usage;

    /// <summary>What it was served as, in the provider's word; null when it does not say.</summary>
    public string? ServiceTier;

    // What it says it searched, and what it shows of it.
    private long? _searches;
    private long _searchesShown;

    /// <summary>True when it failed, or the whole is an error and no response.</summary>
    public bool IsError;

    /// <summary>The name of an event that says it only in its payload; null where it has none.</summary>
    public string? Type;

    /// <summary>Reads a whole answer. One that is no JSON object says nothing.</summary>
    public static ResponsesObject Read(ReadOnlySpan<byte> answer) => Read(answer, isEvent: false);

    /// <summary>Reads the payload of an event, for its type and the response in it.</summary>
    public static ResponsesObject ReadEvent(ReadOnlySpan<byte> payload) => Read(payload, isEvent: true);

    private static ResponsesObject Read(ReadOnlySpan<byte> json, bool isEvent)
    {
        var response = default(ResponsesObject);
        try
        {
            var reader = new Utf8JsonReader(json);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                response.ReadMembers(ref reader, json, isEvent);
                response.Usage = response.Usage is { } usage
                    ? usage with { ServiceTier = response.ServiceTier, Tokens = response.WithSearches(usage.Tokens) }
                    : null;

                // Nothing but blanks may follow, or the reader says so.
                reader.Read();
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Not ours to judge: the bytes are the provider's, and the caller gets them as they are. The second is how
            // the reader says that a name or an id is no valid Unicode.
            response.IsResponse = false;
        }

        return response;
    }

    private void ReadMembers(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, bool isEvent)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!isEvent)
            {
                ReadMember(ref reader, json);
            }
            else if (reader.ValueTextEquals("response"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadMembers(ref reader, json, isEvent: false);
                }
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                Type = TextOf(in reader);
                reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private void ReadMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        if (reader.ValueTextEquals("usage"u8))
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                Usage = OpenAiUsage.Read(ref reader, json);
                return;
            }
        }
        else if (reader.ValueTextEquals("id"u8))
        {
            reader.Read();
            Id = TextOf(in reader);
        }
        else if (reader.ValueTextEquals("error"u8))
        {
            reader.Read();
            IsError = reader.TokenType != JsonTokenType.Null;
        }
        else if (reader.ValueTextEquals("service_tier"u8))
        {
            reader.Read();
            ServiceTier = UsageReport.Word(in reader);
        }
        else if (reader.ValueTextEquals("output"u8))
        {
            reader.Read();
            IsResponse = reader.TokenType == JsonTokenType.StartArray;
            if (IsResponse)
            {
                _searchesShown = ResponsesSearches.ShownIn(ref reader);
                return;
            }
        }
        else if (reader.ValueTextEquals("tool_usage"u8))
        {
            reader.Read();
            _searches = ResponsesSearches.CountedIn(ref reader);
            return;
        }
        else
        {
            reader.Read();
        }

        reader.Skip();
    }

    // What is billed stands beside the usage (OpenAI) or in it (xAI, DashScope); of what is shown some may have failed.
    private readonly TokenUsage WithSearches(TokenUsage tokens) =>
        (_searches ?? (tokens.WebSearches > 0 ? tokens.WebSearches : _searchesShown)) is > 0 and var searches
            ? tokens with { WebSearches = searches }
            : tokens;

    private static string? TextOf(in Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= MaxIdBytes ? reader.GetString() : null;
}
