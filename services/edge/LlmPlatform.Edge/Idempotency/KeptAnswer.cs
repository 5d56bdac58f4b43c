using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Edge.Idempotency;

/// <summary>An answer as it was said, to be said again.</summary>
/// <param name="Status">Its status.</param>
/// <param name="RequestId">The gateway's id of the request that was answered.</param>
/// <param name="Headers">Those of its headers that speak of the answer, not of the moment.</param>
/// <param name="Body">Its bytes; of a stream, all of them.</param>
internal sealed record KeptAnswer(
    int Status, string RequestId, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    private static readonly string[] Kept =
    [
        "Content-Type", "Cache-Control", "X-Accel-Buffering", "X-Model", "X-Provider", "X-Model-Fallback",
        "X-Fallback-Reason",
    ];

    /// <summary>Takes an answer that has been said.</summary>
    public static KeptAnswer Of(HttpResponse response, string requestId, ReadOnlyMemory<byte> body) => new(
        response.StatusCode,
        requestId,
        Kept.Where(name => response.Headers.ContainsKey(name))
            .ToDictionary(name => name, name => response.Headers[name].ToString()),
        body);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static KeptAnswer Read(ReadOnlyMemory<byte> bytes)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
        var head = JsonSerializer.Deserialize<Head>(bytes.Span.Slice(4, length))!;
        return new KeptAnswer(head.Status, head.RequestId, head.Headers, bytes[(4 + length)..]);
    }

    /// <summary>Writes it in one piece: the length of its head, the head as JSON, the body.</summary>
    public byte[] Write()
    {
        var head = JsonSerializer.SerializeToUtf8Bytes(new Head(Status, RequestId, Headers));
        var bytes = new byte[4 + head.Length + Body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, head.Length);
        head.CopyTo(bytes.AsSpan(4));
        Body.Span.CopyTo(bytes.AsSpan(4 + head.Length));
        return bytes;
    }

    /// <summary>Says it again.</summary>
    public async ValueTask SayAsync(HttpResponse response, CancellationToken callerGone)
    {
        response.StatusCode = Status;
        foreach (var (name, value) in Headers)
        {
            response.Headers[name] = value;
        }

        response.Headers["X-Cost-Usd"] = "0";
        response.Headers["Idempotency-Replayed"] = "true";
        response.Headers["Idempotency-Original-Request"] = RequestId;
        response.ContentLength = Body.Length;
        await response.Body.WriteAsync(Body, callerGone);
    }

    private sealed record Head(int Status, string RequestId, IReadOnlyDictionary<string, string> Headers);
}
