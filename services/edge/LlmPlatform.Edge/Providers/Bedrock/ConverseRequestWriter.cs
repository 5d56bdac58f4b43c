using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Providers.Anthropic;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>
/// Writes a request as Bedrock's Converse takes it. What Converse has no words for goes into the fields of the model's
/// own where it has such, and is refused otherwise.
/// </summary>
internal sealed partial class ConverseRequestWriter
{
    private const decimal MostTemperature = 1;

    // Beside no bound of the caller or the gateway, the model's own is met first.
    private const long NoBound = 1_000_000;

    private static readonly JsonWriterOptions Compact = new()
    {
        // Nobody reads this in a web page: other scripts than Latin need no escapes.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly GenerationRequest _request;
    private readonly BedrockModel _model;
    private readonly AnswerForcing _forcing;
    private readonly ThinkingPlan? _thinking;
    private readonly SamplingPlan _sampling;
    private readonly JsonObject _modelFields = [];

    /// <param name="request">What is asked for.</param>
    /// <param name="model">Whom it is asked.</param>
    public ConverseRequestWriter(GenerationRequest request, BedrockModel model)
    {
        _request = request;
        _model = model;
        _forcing = model.ForcingOf(request.Format);
        if (model.Claude is { } claude)
        {
            _thinking = ThinkingPlan.For(
                request, claude, request.MaxOutputTokens ?? NoBound, MustCallTool, Speaks);
            _sampling = SamplingPlan.For(request, claude, _thinking);
        }
        else
        {
            decimal? temperature = request.Temperature is { } warmth ? Math.Min(warmth, MostTemperature) : null;
            _sampling = new SamplingPlan(temperature, request.TopP, request.TopK);
        }
    }

    /// <summary>Writes the body of <c>converse</c> and <c>converse-stream</c>.</summary>
    /// <exception cref="TranslationException">Neither Converse nor the model has words for it.</exception>
    public void Write(IBufferWriter<byte> output)
    {
        RefuseWhatCannotBeSaid();
        using var json = new Utf8JsonWriter(output, Compact);
        json.WriteStartObject();
        WriteConversation(json);
        WriteInference(json);
        if (_forcing == AnswerForcing.Native)
        {
            WriteSchema(json, _request.Format!);
        }

        if (_request.Stop.Count > 0)
        {
            // Converse says that a stop text was met, and not which; the models that know say it here.
            json.WriteStartArray("additionalModelResponseFieldPaths");
            json.WriteStringValue("/stop_sequence");
            json.WriteEndArray();
        }

        if (_request.ServiceTier is "priority" or "flex" or "default")
        {
            json.WriteStartObject("serviceTier");
            json.WriteString("type", _request.ServiceTier);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Writes the body of <c>count-tokens</c>.</summary>
    /// <exception cref="TranslationException">Neither Converse nor the model has words for it.</exception>
    public void WriteCount(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Compact);
        json.WriteStartObject();
        json.WriteStartObject("input");
        json.WriteStartObject("converse");
        WriteConversation(json);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // All that counts as input.
    private void WriteConversation(Utf8JsonWriter json)
    {
        WriteMessages(json);
        WriteSystem(json);
        WriteTools(json);
        AddReasoning();
        AddTopK();
        if (_modelFields.Count > 0)
        {
            json.WritePropertyName("additionalModelRequestFields");
            _modelFields.WriteTo(json);
        }
    }

    private void WriteInference(Utf8JsonWriter json)
    {
        json.WriteStartObject("inferenceConfig");
        if (_request.MaxOutputTokens is { } maxTokens)
        {
            json.WriteNumber("maxTokens", maxTokens);
        }

        if (_sampling.Temperature is { } temperature)
        {
            json.WriteNumber("temperature", temperature);
        }

        if (_sampling.TopP is { } topP)
        {
            json.WriteNumber("topP", topP);
        }

        if (_request.Stop.Count > 0)
        {
            json.WriteStartArray("stopSequences");
            foreach (var stop in _request.Stop)
            {
                json.WriteStringValue(stop);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteSchema(Utf8JsonWriter json, OutputFormat format)
    {
        json.WriteStartObject("outputConfig");
        json.WriteStartObject("textFormat");
        json.WriteString("type", "json_schema");
        json.WriteStartObject("structure");
        json.WriteStartObject("jsonSchema");

        json.WriteString("schema", TextOf(format.Schema!.Value));
        json.WriteString("name", format.Name ?? "answer");
        if (!string.IsNullOrWhiteSpace(format.Description))
        {
            json.WriteString("description", format.Description);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // The schema is a text with JSON in it.
    private static string TextOf(JsonElement schema)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, Compact))
        {
            StrictSchema.Write(json, schema);
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private void RefuseWhatCannotBeSaid()
    {
        if (_model.Claude is not null)
        {
            BlankStops.Refuse(_request);
        }

        Refuse(_request.Choices > 1, "n", "gives one answer to a request");
        Refuse(_request.Logprobs || _request.TopLogprobs > 0, "logprobs", "gives no probabilities of tokens");
        Refuse(_request.PresencePenalty is not (null or 0), "presence_penalty", "takes no penalties");
        Refuse(_request.FrequencyPenalty is not (null or 0), "frequency_penalty", "takes no penalties");
        Refuse(_request.Verbosity is not (null or "medium"), "verbosity", "takes no verbosity");
        Refuse(
            _request.Format is { Schema: null } && _forcing == AnswerForcing.None,
            "response_format", "cannot be held to JSON without a schema with this model; give a json_schema");
        Refuse(
            _request.Format is not null && _forcing == AnswerForcing.None,
            "response_format", "cannot be held to a form of the answer with this model");
    }

    private static void Refuse(bool isAsked, string param, string sentence)
    {
        if (isAsked)
        {
            throw new TranslationException($"'{param}' cannot be served: Bedrock {sentence}.", param);
        }
    }
}
