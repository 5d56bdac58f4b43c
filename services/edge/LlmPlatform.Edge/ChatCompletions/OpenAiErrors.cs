using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>Says a refusal in OpenAI's shape: before a stream as a JSON body, inside one as a last event.</summary>
internal static class OpenAiErrors
{
    // The body is read by programs and people, never by a browser as a page: letters stay letters.
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The refusal as a body.</summary>
    public static void WriteBody(GatewayError error, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Readable);
        json.WriteStartObject();
        WriteMember(error, json);
        json.WriteEndObject();
    }

    /// <summary>The refusal as a server-sent event.</summary>
    public static void WriteEvent(GatewayError error, IBufferWriter<byte> output)
    {
        output.Write("data: "u8);
        WriteBody(error, output);
        output.Write("\n\n"u8);
    }

    private static void WriteMember(GatewayError error, Utf8JsonWriter json)
    {
        json.WriteStartObject("error");
        json.WriteString("message", error.Message);
        json.WriteString("type", error.Type);
        json.WriteString("code", error.Code);
        json.WriteString("param", error.Param);
        error.WriteDetails(json);
        json.WriteEndObject();
    }
}
