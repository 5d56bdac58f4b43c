using System.Buffers;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Responses;

/// <summary>Says faults as a response has them.</summary>
internal static class ResponsesFaults
{
    /// <summary>What a failed response says of a provider's fault: never the provider's own words.</summary>
    public static (string Code, string Message) ErrorOf(ProviderFault fault) => fault.Kind switch
    {
        ProviderFaultKind.RateLimited or ProviderFaultKind.QuotaExhausted or ProviderFaultKind.Overloaded =>
            ("rate_limit_exceeded", "The provider had no more capacity for this response."),
        ProviderFaultKind.InvalidRequest or ProviderFaultKind.ContextLengthExceeded or ProviderFaultKind.TooLarge =>
            ("invalid_prompt", "The provider found the request at fault in the middle of its answer."),
        ProviderFaultKind.ContentPolicy =>
            ("invalid_prompt", "The provider ended the answer by its content policy."),
        _ => ("server_error", "The provider failed in the middle of its answer."),
    };

    /// <summary>Writes the event of a refusal of ours.</summary>
    public static void WriteEvent(GatewayError error, long sequence, IBufferWriter<byte> output) =>
        WriteEvent(error.Type, error.Code, error.Message, error.Param, sequence, output);

    /// <summary>
    /// Writes an error event. The reference puts code and message beside the type, the service puts them into an object
    /// <c>error</c>, and the SDKs raise an exception for that: they are in both places.
    /// </summary>
    public static void WriteEvent(
        string type, string code, string message, string? param, long sequence, IBufferWriter<byte> output)
    {
        output.Write("event: error\ndata: "u8);
        using (var json = new Utf8JsonWriter(output, ResponsesDocument.Json))
        {
            json.WriteStartObject();
            json.WriteString("type", "error");
            json.WriteNumber("sequence_number", sequence);
            json.WriteString("code", code);
            json.WriteString("message", message);
            json.WriteString("param", param);
            json.WriteStartObject("error");
            json.WriteString("type", type);
            json.WriteString("code", code);
            json.WriteString("message", message);
            json.WriteString("param", param);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }

    /// <summary>Writes that a response failed of which only the beginning passed.</summary>
    /// <param name="error">Why.</param>
    /// <param name="responseId">Its id; null when it has not been seen.</param>
    /// <param name="sequence">The event's number.</param>
    /// <param name="output">Receives it.</param>
    public static void WriteFailed(
        GatewayError error, string? responseId, long sequence, IBufferWriter<byte> output)
    {
        output.Write("event: response.failed\ndata: "u8);
        using (var json = new Utf8JsonWriter(output, ResponsesDocument.Json))
        {
            json.WriteStartObject();
            json.WriteString("type", "response.failed");
            json.WriteNumber("sequence_number", sequence);
            json.WriteStartObject("response");
            json.WriteString("id", responseId);
            json.WriteString("object", "response");
            json.WriteString("status", "failed");
            json.WriteStartObject("error");
            json.WriteString("code", "server_error");
            json.WriteString("message", error.Message);
            json.WriteEndObject();
            json.WriteNull("incomplete_details");
            json.WriteStartArray("output");
            json.WriteEndArray();
            json.WriteNull("usage");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }
}
