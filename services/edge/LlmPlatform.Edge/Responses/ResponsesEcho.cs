using System.Text;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Responses;

/// <summary>
/// What a response repeats of its request, as OpenAI's own does: the caller's words where it said something, the
/// defaults where it did not. A copy: the body it is made from is given back before the answer ends.
/// </summary>
internal sealed class ResponsesEcho
{
    private static readonly (JsonEncodedText Name, byte[] Default)[] BeforeOutput =
    [
        Member("instructions", "null"), Member("max_output_tokens", "null"), Member("max_tool_calls", "null"),
    ];

    private static readonly (JsonEncodedText Name, byte[] Default)[] AfterOutput =
    [
        Member("parallel_tool_calls", "true"), Member("prompt_cache_key", "null"),
        Member("reasoning", """{"effort":null,"summary":null}"""), Member("safety_identifier", "null"),
        Member("service_tier", "\"default\""), Member("temperature", "1.0"),
        Member("text", """{"format":{"type":"text"}}"""), Member("tool_choice", "\"auto\""), Member("tools", "[]"),
        Member("top_logprobs", "0"), Member("top_p", "1.0"), Member("user", "null"), Member("metadata", "{}"),
    ];

    private readonly byte[][] _beforeValues;
    private readonly byte[][] _afterValues;

    /// <param name="body">The caller's request.</param>
    public ResponsesEcho(ReadOnlyMemory<byte> body)
    {
        var root = RequestObject.Parse(body);
        _beforeValues = [.. BeforeOutput.Select(member => ValueOf(root, member.Name, member.Default))];
        _afterValues = [.. AfterOutput.Select(member => ValueOf(root, member.Name, member.Default))];
        WantsLogprobs = ResponsesGeneration.WantsLogprobs(root);
    }

    /// <summary>Whether the caller asks for the probabilities of the answer's tokens.</summary>
    public bool WantsLogprobs { get; }

    /// <summary>Writes the members that stand before the model's name and the output.</summary>
    public void WriteBeforeOutput(Utf8JsonWriter json) => Write(json, BeforeOutput, _beforeValues);

    /// <summary>Writes the members that stand behind the output.</summary>
    public void WriteAfterOutput(Utf8JsonWriter json) => Write(json, AfterOutput, _afterValues);

    private static void Write(
        Utf8JsonWriter json, (JsonEncodedText Name, byte[] Default)[] members, byte[][] values)
    {
        for (var i = 0; i < members.Length; i++)
        {
            json.WritePropertyName(members[i].Name);
            json.WriteRawValue(values[i], skipInputValidation: true);
        }
    }

    // A tier is asked for and may not be had; which one served, a translated answer does not know.
    private static byte[] ValueOf(RequestObject root, JsonEncodedText name, byte[] fallback) => name.Value switch
    {
        "service_tier" => fallback,
        "text" => TextOf(root, fallback),
        "reasoning" => ReasoningOf(root, fallback),
        _ => root.Member(name.Value) is { } value ? Copy(value) : fallback,
    };

    private static byte[] TextOf(RequestObject root, byte[] fallback)
    {
        if (root.Object("text") is not { } text)
        {
            return fallback;
        }

        return text.Has("format") ? Copy(text.Value) : ResponsesDocument.Item(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("format");
            json.WriteString("type", "text");
            json.WriteEndObject();
            Write(json, "verbosity", text);
            json.WriteEndObject();
        });
    }

    private static byte[] ReasoningOf(RequestObject root, byte[] fallback) =>
        root.Object("reasoning") is { } reasoning
            ? ResponsesDocument.Item(json =>
            {
                json.WriteStartObject();
                Write(json, "effort", reasoning);
                Write(json, "summary", reasoning);
                json.WriteEndObject();
            })
            : fallback;

    private static void Write(Utf8JsonWriter json, string name, RequestObject holder)
    {
        json.WritePropertyName(name);
        if (holder.Member(name) is { } value)
        {
            value.WriteTo(json);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    // Written anew: an event is one line, and the caller's own line ends would break it.
    private static byte[] Copy(JsonElement value) => ResponsesDocument.Item(value.WriteTo);

    private static (JsonEncodedText Name, byte[] Default) Member(string name, string json) =>
        (JsonEncodedText.Encode(name), Encoding.UTF8.GetBytes(json));
}
