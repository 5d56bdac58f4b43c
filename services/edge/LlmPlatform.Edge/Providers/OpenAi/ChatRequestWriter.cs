using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>
/// Writes a request as a chat body. What the server cannot do and what would change the answer if it were left out, is
/// refused by name; how much to think and how long-winded to be are wishes, and left out where they cannot be said.
/// </summary>
internal sealed class ChatRequestWriter
{
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly GenerationRequest _request;
    private readonly UpstreamTarget _target;
    private readonly ChatDialect _dialect;
    private readonly Utf8JsonWriter _json;

    private ChatRequestWriter(
        GenerationRequest request, UpstreamTarget target, ChatDialect dialect, Utf8JsonWriter json)
    {
        _request = request;
        _target = target;
        _dialect = dialect;
        _json = json;
    }

    /// <summary>Writes it.</summary>
    /// <exception cref="TranslationException">The server cannot do it.</exception>
    public static void Write(
        GenerationRequest request, UpstreamTarget target, ChatDialect dialect, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Readable);
        json.WriteStartObject();
        json.WriteString("model", target.Model);
        ChatMessageWriter.Write(json, request, dialect);
        ChatToolWriter.Write(json, request, dialect);
        new ChatRequestWriter(request, target, dialect, json).WriteMembers();
        json.WriteEndObject();
    }

    private void WriteMembers()
    {
        WriteFormat();
        WriteOutputBound();
        WriteSampling();
        WriteChoices();
        ChatReasoningWriter.Write(_json, _request, _target, _dialect);
        if (_dialect.TakesVerbosity && _request.Verbosity is { } verbosity)
        {
            _json.WriteString("verbosity", verbosity);
        }

        if (_dialect.TakesNames && _request.User is { } user)
        {
            _json.WriteString("user", user);
        }

        // Other protocols have other tiers under the same name.
        if (_dialect.TakesServiceTier
            && _request.ServiceTier is ("auto" or "default" or "flex" or "priority" or "scale") and var tier)
        {
            _json.WriteString("service_tier", tier);
        }

        if (_request.Stream)
        {
            _json.WriteBoolean("stream", true);
            if (_dialect.TakesStreamOptions)
            {
                _json.WriteStartObject("stream_options");
                _json.WriteBoolean("include_usage", true);
                _json.WriteEndObject();
            }
        }
    }

    private void WriteOutputBound()
    {
        if (_request.MaxOutputTokens is { } bound)
        {
            var useNewName = _dialect.OutputBound == OutputBoundSpelling.MaxCompletionTokens;
            _json.WriteNumber(useNewName ? "max_completion_tokens" : "max_tokens", bound);
        }
    }

    private void WriteSampling()
    {
        Write("temperature", _request.Temperature);
        Write("top_p", _request.TopP);
        Write("presence_penalty", _request.PresencePenalty);
        Write("frequency_penalty", _request.FrequencyPenalty);
        if (_request.TopK is { } topK)
        {
            RefuseUnless(_dialect.TakesTopK, "top_k");
            _json.WriteNumber("top_k", topK);
        }

        if (_request.Seed is { } seed)
        {
            RefuseUnless(_dialect.SeedMember is not null, "seed");
            _json.WriteNumber(_dialect.SeedMember!, seed);
        }

        if (_request.Stop.Count > 0)
        {
            _json.WriteStartArray("stop");
            foreach (var text in _request.Stop)
            {
                _json.WriteStringValue(text);
            }

            _json.WriteEndArray();
        }
    }

    private void WriteChoices()
    {
        if (_request.Choices > 1)
        {
            RefuseUnless(_dialect.TakesChoices, "n");
            _json.WriteNumber("n", _request.Choices);
        }

        if (!_request.Logprobs)
        {
            return;
        }

        RefuseUnless(_dialect.TakesLogprobs, "logprobs");
        _json.WriteBoolean("logprobs", true);
        if (_request.TopLogprobs is { } alternatives)
        {
            _json.WriteNumber("top_logprobs", alternatives);
        }
    }

    private void WriteFormat()
    {
        if (_request.Format is not { } format)
        {
            return;
        }

        _json.WriteStartObject("response_format");
        if (format.Schema is not { } schema)
        {
            _json.WriteString("type", "json_object");
        }
        else if (_dialect.Format == FormatSpelling.TgiGrammar)
        {
            _json.WriteString("type", "json_object");
            _json.WritePropertyName("value");
            schema.WriteTo(_json);
        }
        else if (_dialect.Format == FormatSpelling.JsonObject)
        {
            // The schema itself is asked for in words: that is a wish, not a promise.
            RefuseUnless(format.Strict is not true, "strict");
            _json.WriteString("type", "json_object");
        }
        else
        {
            WriteSchema(format, schema);
        }

        _json.WriteEndObject();
    }

    private void WriteSchema(OutputFormat format, JsonElement schema)
    {
        _json.WriteString("type", "json_schema");
        _json.WriteStartObject("json_schema");
        _json.WriteString("name", format.Name ?? "answer");
        if (format.Description is { } description)
        {
            _json.WriteString("description", description);
        }

        _json.WritePropertyName("schema");
        schema.WriteTo(_json);
        if (format.Strict is { } strict)
        {
            _json.WriteBoolean("strict", strict);
        }

        _json.WriteEndObject();
    }

    private void Write(string name, decimal? value)
    {
        if (value is { } number)
        {
            _json.WriteNumber(name, number);
        }
    }

    private void RefuseUnless(bool can, string member)
    {
        if (!can)
        {
            throw new TranslationException(
                $"'{member}' is not known to the provider of '{_target.Candidate.Model.Name}'.", member);
        }
    }
}
