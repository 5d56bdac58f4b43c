using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>Says a refusal in OpenAI's shape: before a stream as a JSON body, inside one as a last event.</summary>
internal static class OpenAiErrorWriter
{
    // The body is read by programs and people, never by a browser as a page: letters stay letters.
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Writes status, headers and body. The response must not have started. Gives the bytes of the body.
    /// </summary>
    public static async Task<int> WriteAsync(HttpResponse response, GatewayError error)
    {
        response.StatusCode = error.Status;
        response.ContentType = "application/json; charset=utf-8";
        if (error.RetryAfter is { } wait)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        var body = Body(error);
        response.ContentLength = body.WrittenCount;

        // Not cancelled with the request: to a caller that is gone the server writes nothing, and says so to nobody.
        await response.Body.WriteAsync(body.WrittenMemory, CancellationToken.None);
        return body.WrittenCount;
    }

    /// <summary>The refusal as a server-sent event.</summary>
    public static byte[] Event(GatewayError error) => [.. "data: "u8, .. Body(error).WrittenSpan, .. "\n\n"u8];

    private static ArrayBufferWriter<byte> Body(GatewayError error)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer, Readable);
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", error.Message);
        json.WriteString("type", error.Type);
        json.WriteString("code", error.Code);
        json.WriteString("param", error.Param);
        if (error.Scope is not null)
        {
            json.WriteString("scope", error.Scope);
            json.WriteString("limit", error.Limit);
        }

        if (error.ResetAt is { } resetAt)
        {
            json.WriteString("reset_at", resetAt);
        }

        if (error.HeldUsd is { } held)
        {
            json.WriteNumber("held_usd", held);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer;
    }
}
