using System.Globalization;
using System.Text;

namespace LlmPlatform.Bench.Rig;

/// <summary>One kind of call: what is sent, and which model makes the mock answer it.</summary>
/// <param name="Name">As the report names it.</param>
/// <param name="Model">Steers the mock: see <see cref="MockProvider"/>.</param>
/// <param name="PromptBytes">Size of the prompt.</param>
/// <param name="IsStream">Whether a stream is asked for.</param>
/// <param name="Path">The API it is asked of.</param>
/// <param name="Headers">Header lines of its own, each with its end.</param>
public sealed record Workload(
    string Name,
    string Model,
    int PromptBytes,
    bool IsStream,
    string Path = Workload.Chat,
    string Headers = "")
{
    private const string Chat = "/v1/chat/completions";
    private const string EmbeddingsPath = "/v1/embeddings";

    /// <summary>1 KB in, 1 KB out.</summary>
    public static Workload Small { get; } = new("small", "bench-small", 900, false);

    /// <summary>50 KB in, 1 KB out.</summary>
    public static Workload Big { get; } = new("big", "bench-small", 50_000, false);

    /// <summary>100 chunks without a pause.</summary>
    public static Workload Stream { get; } = new("stream", "bench-stream", 900, true);

    /// <summary>50 chunks, one every 200 ms, each with the time it was sent.</summary>
    public static Workload Slow { get; } = new("slow", "bench-slow", 900, true);

    /// <summary>1 KB of text in, a vector of 8 KB out.</summary>
    public static Workload Embeddings { get; } = new("embeddings", "bench-embedding", 900, false, EmbeddingsPath);

    /// <summary>
    /// A small chat with all that a caller can ask for besides: tags, and an answer that is kept for a repeat.
    /// </summary>
    public static Workload Everything { get; } = Small with
    {
        Name = "everything",
        Headers = "X-Tags: env=production, feature=search\r\nIdempotency-Key: bench-0000000000000000\r\n",
    };

    /// <summary>The bytes of a request.</summary>
    public byte[] Request(Uri target, string? key, string headers)
    {
        var prompt = new StringBuilder(PromptBytes);
        for (var word = 0; prompt.Length < PromptBytes; word++)
        {
            prompt.Append(CultureInfo.InvariantCulture, $"word{word % 1000} ");
        }

        var stream = IsStream ? ",\"stream\":true" : "";
        var body = Path == EmbeddingsPath
            ? $$"""
            {"model":"{{Model}}","encoding_format":"base64","input":"{{prompt}}"}
            """
            : $$"""
            {"model":"{{Model}}"{{stream}},"max_tokens":256,"messages":[{"role":"user","content":"{{prompt}}"}]}
            """;
        var authorization = key is null ? "" : $"Authorization: Bearer {key}\r\n";
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST {Path} HTTP/1.1\r\nHost: {target.Authority}\r\n{authorization}{headers}{Headers}"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
    }
}
