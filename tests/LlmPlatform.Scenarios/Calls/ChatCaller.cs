using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace LlmPlatform.Scenarios.Calls;

/// <summary>A caller of the public API: one virtual key, any edge. Never throws for what the platform does.</summary>
public sealed class ChatCaller(string key)
{
    private static readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) })
    {
        Timeout = TimeSpan.FromMinutes(2),
    };

    /// <summary>Streams a chat completion to its end.</summary>
    /// <param name="edge">Which edge to ask.</param>
    /// <param name="model">The published model.</param>
    /// <param name="maxTokens">The output bound.</param>
    /// <param name="includeUsage">Whether the stream is to end with the usage.</param>
    /// <param name="onText">Runs at each piece of text as it arrives.</param>
    /// <param name="cancellationToken">Leaves in the middle.</param>
    public Task<ChatResult> StreamAsync(
        Uri edge,
        string model,
        int maxTokens = 100,
        bool includeUsage = true,
        Action? onText = null,
        CancellationToken cancellationToken = default) =>
        SendAsync(
            edge,
            new
            {
                model,
                stream = true,
                stream_options = new { include_usage = includeUsage },
                max_tokens = maxTokens,
                messages = new[] { new { role = "user", content = "Tell me something." } },
            },
            onText,
            cancellationToken);

    /// <summary>Asks for a whole answer.</summary>
    public Task<ChatResult> CompleteAsync(
        Uri edge, string model, int maxTokens = 100, CancellationToken cancellationToken = default) =>
        SendAsync(
            edge,
            new
            {
                model,
                max_tokens = maxTokens,
                messages = new[] { new { role = "user", content = "Tell me something." } },
            },
            onText: null,
            cancellationToken);

    private async Task<ChatResult> SendAsync(
        Uri edge, object body, Action? onText, CancellationToken cancellationToken)
    {
        var result = new ChatResult();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(edge, "v1/chat/completions"))
        {
            Content = JsonContent.Create(body),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        try
        {
            using var response = await _http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            result = result with { Status = response.StatusCode, Headers = HeadersOf(response) };
            result = result with { RequestId = result.Headers.GetValueOrDefault("X-Request-Id") };
            await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
            if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
                return await ReadStreamAsync(content, result, onText, cancellationToken);
            using var document = await JsonDocument.ParseAsync(content, default, cancellationToken);
            return Whole(document.RootElement.Clone(), result);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            return result with { Fault = $"{fault.GetType().Name}: {fault.Message}" };
        }
    }

    private static ChatResult Whole(JsonElement answer, ChatResult result) =>
        answer.TryGetProperty("error", out var error)
        ? result with { Error = error, IsComplete = true }
        : result with
        {
            Text = answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!,
            Usage = answer.TryGetProperty("usage", out var usage) ? usage : null,
            IsComplete = true,
        };

    private static async Task<ChatResult> ReadStreamAsync(
        Stream content, ChatResult result, Action? onText, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        using var reader = new StreamReader(content);
        try
        {
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                if (!line.StartsWith("data: ", StringComparison.Ordinal))
                    continue;
                if (line == "data: [DONE]")
                {
                    result = result with { IsComplete = true };
                    continue;
                }

                using var document = JsonDocument.Parse(line["data: ".Length..]);
                result = ReadEvent(document.RootElement.Clone(), result, text, onText);
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            result = result with { Fault = $"{fault.GetType().Name}: {fault.Message}" };
        }

        return result with { Text = text.ToString() };
    }

    private static ChatResult ReadEvent(JsonElement data, ChatResult result, StringBuilder text, Action? onText)
    {
        if (data.TryGetProperty("error", out var error))
            return result with { Error = error };
        if (data.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
            result = result with { Usage = usage };
        foreach (var choice in data.GetProperty("choices").EnumerateArray())
        {
            if (choice.GetProperty("delta").TryGetProperty("content", out var piece)
                && piece.GetString() is { Length: > 0 } words)
            {
                text.Append(words);
                onText?.Invoke();
            }
        }

        return result;
    }

    private static Dictionary<string, string> HeadersOf(HttpResponseMessage response) => response.Headers
        .Concat(response.Content.Headers)
        .ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
}
