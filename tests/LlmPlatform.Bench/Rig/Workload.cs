using System.Globalization;
using System.Text;

namespace LlmPlatform.Bench.Rig;

/// <summary>One kind of call: what is sent, and which model makes the mock answer it.</summary>
/// <param name="Name">As the report names it.</param>
/// <param name="Model">Steers the mock: see <see cref="MockProvider"/>.</param>
/// <param name="PromptBytes">Size of the prompt.</param>
/// <param name="IsStream">Whether a stream is asked for.</param>
public sealed record Workload(string Name, string Model, int PromptBytes, bool IsStream)
{
    /// <summary>1 KB in, 1 KB out.</summary>
    public static Workload Small { get; } = new("small", "bench-small", 900, false);

    /// <summary>50 KB in, 1 KB out.</summary>
    public static Workload Big { get; } = new("big", "bench-small", 50_000, false);

    /// <summary>100 chunks without a pause.</summary>
    public static Workload Stream { get; } = new("stream", "bench-stream", 900, true);

    /// <summary>50 chunks, one every 200 ms, each with the time it was sent.</summary>
    public static Workload Slow { get; } = new("slow", "bench-slow", 900, true);

    /// <summary>The bytes of a request.</summary>
    public byte[] Request(Uri target, string? key, string headers)
    {
        var prompt = new StringBuilder(PromptBytes);
        for (var word = 0; prompt.Length < PromptBytes; word++)
        {
            prompt.Append(CultureInfo.InvariantCulture, $"word{word % 1000} ");
        }

        var stream = IsStream ? ",\"stream\":true" : "";
        var body = $$"""
            {"model":"{{Model}}"{{stream}},"max_tokens":256,"messages":[{"role":"user","content":"{{prompt}}"}]}
            """;
        var authorization = key is null ? "" : $"Authorization: Bearer {key}\r\n";
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST {target.PathAndQuery} HTTP/1.1\r\nHost: {target.Authority}\r\n{authorization}{headers}"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
    }
}
