using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmPlatform.Edge.Messages;

/// <summary>
/// Says a refusal in Anthropic's shape: before a stream as a JSON body, inside one as a last event. Its <c>type</c> is
/// the one Anthropic has for the status; the platform's own <c>code</c> stands beside it, as on every other route.
/// </summary>
internal static class MessagesErrors
{
    // The body is read by programs and people, never by a browser as a page: letters stay letters.
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The refusal as a body.</summary>
    /// <param name="error">The refusal.</param>
    /// <param name="requestId">The gateway's id of the request; null to leave it to the headers.</param>
    /// <param name="output">Receives it.</param>
    public static void WriteBody(GatewayError error, string? requestId, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Readable);
        json.WriteStartObject();
        json.WriteString("type", "error");
        json.WriteStartObject("error");
        json.WriteString("type", TypeOf(error.Status));
        json.WriteString("message", error.Message);
        json.WriteString("code", error.Code);
        if (error.Param is not null)
        {
            json.WriteString("param", error.Param);
        }

        error.WriteDetails(json);
        json.WriteEndObject();
        if (requestId is not null)
        {
            json.WriteString("request_id", requestId);
        }

        json.WriteEndObject();
    }

    /// <summary>The refusal as a server-sent event.</summary>
    public static void WriteEvent(GatewayError error, string? requestId, IBufferWriter<byte> output)
    {
        output.Write("event: error\ndata: "u8);
        WriteBody(error, requestId, output);
        output.Write("\n\n"u8);
    }

    private static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        409 => "conflict_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 or 529 => "overloaded_error",
        504 => "timeout_error",
        >= 400 and < 500 => "invalid_request_error",
        _ => "api_error",
    };
}
