using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmPlatform.Edge.Providers.Simulated;

/// <summary>
/// One simulated exchange: the answer follows from the request alone, so that a repeat says the same.
/// </summary>
internal sealed class SimulatedChat
{
    private static readonly string[] Openings =
    [
        "Here is a short answer.", "Good question.", "Let me put it plainly.", "In brief:",
        "There are three things to say.",
    ];

    private static readonly string[] Sentences =
    [
        "The gateway authenticates the call, holds money for it and streams the answer as it arrives.",
        "Every token is metered once, whatever crashes on the way.",
        "A budget that is spent refuses the next call, and says when it opens again.",
        "The route is planned in memory, so that choosing a provider costs no network hop.",
        "What the provider reports is what the bill shows, down to a billionth of a dollar.",
        "An estimate stands in only where a provider said nothing, and it is marked as one.",
        "When one provider fails before its first byte, the next one answers in its place.",
        "Nobody's prompt is ever written to a log.",
    ];

    private readonly string _model;
    private readonly bool _includeUsage;
    private readonly int _promptTokens;
    private readonly List<string> _tokens;
    private readonly bool _isCut;
    private readonly string _id;

    private SimulatedChat(JsonObject request, byte[] body)
    {
        var seed = SHA256.HashData(body);
        _id = "chatcmpl-sim" + Convert.ToHexStringLower(seed.AsSpan(0, 12));
        _model = Text(request["model"]) ?? "sim-small";
        Stream = Flag(request["stream"]);
        _includeUsage = request["stream_options"] is JsonObject stream && Flag(stream["include_usage"]);
        _promptTokens = PromptTokens(request["messages"]);
        var limit = Number(request["max_completion_tokens"]) ?? Number(request["max_tokens"]) ?? int.MaxValue;
        var answer = Compose(seed, _model.Contains("large", StringComparison.Ordinal) ? 6 : 3);
        _tokens = [.. answer.Take(limit)];
        _isCut = answer.Count > limit;
    }

    public bool Stream { get; }

    /// <summary>Null when a member is there twice, at any depth that is looked at.</summary>
    public static SimulatedChat? Read(byte[] body)
    {
        try
        {
            return new SimulatedChat((JsonObject)JsonNode.Parse(body)!, body);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    public JsonObject Answer(TimeProvider clock) => new()
    {
        ["id"] = _id,
        ["object"] = "chat.completion",
        ["created"] = clock.GetUtcNow().ToUnixTimeSeconds(),
        ["model"] = _model,
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = string.Concat(_tokens) },
            ["finish_reason"] = FinishReason,
        }),
        ["usage"] = Usage(),
    };

    public IEnumerable<byte[]> Events(TimeProvider clock)
    {
        var created = clock.GetUtcNow().ToUnixTimeSeconds();
        yield return Event(created, new JsonObject { ["role"] = "assistant", ["content"] = "" }, null);
        foreach (var token in _tokens)
        {
            yield return Event(created, new JsonObject { ["content"] = token }, null);
        }

        yield return Event(created, [], FinishReason);
        if (_includeUsage)
        {
            var chunk = Chunk(created);
            chunk["choices"] = new JsonArray();
            chunk["usage"] = Usage();
            yield return Frame(chunk);
        }

        yield return "data: [DONE]\n\n"u8.ToArray();
    }

    private string FinishReason => _isCut ? "length" : "stop";

    private byte[] Event(long created, JsonObject delta, string? finishReason)
    {
        var chunk = Chunk(created);
        chunk["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["delta"] = delta,
            ["finish_reason"] = finishReason,
        });
        if (_includeUsage)
        {
            chunk["usage"] = null;
        }

        return Frame(chunk);
    }

    private JsonObject Chunk(long created) => new()
    {
        ["id"] = _id,
        ["object"] = "chat.completion.chunk",
        ["created"] = created,
        ["model"] = _model,
    };

    private JsonObject Usage() => new()
    {
        ["prompt_tokens"] = _promptTokens,
        ["completion_tokens"] = _tokens.Count,
        ["total_tokens"] = _promptTokens + _tokens.Count,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = 0, ["audio_tokens"] = 0 },
        ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0, ["audio_tokens"] = 0 },
    };

    private static byte[] Frame(JsonObject chunk) => Encoding.UTF8.GetBytes($"data: {chunk.ToJsonString()}\n\n");

    // A token is a word with the space before it: close to what a tokenizer of English does.
    private static List<string> Compose(byte[] seed, int sentences)
    {
        var text = new StringBuilder(Openings[seed[0] % Openings.Length]);
        for (var i = 0; i < sentences; i++)
        {
            text.Append(' ').Append(Sentences[(seed[1] + i) % Sentences.Length]);
        }

        return [.. text.ToString().Split(' ').Select((word, index) => index == 0 ? word : " " + word)];
    }

    private static int PromptTokens(JsonNode? messages)
    {
        if (messages is not JsonArray list)
        {
            return 0;
        }

        return 3 + list.Sum(message => 4 + ((message?["content"]?.ToJsonString().Length ?? 0) / 4));
    }

    private static string? Text(JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private static bool Flag(JsonNode? node) => node?.GetValueKind() == JsonValueKind.True;

    private static int? Number(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;
}
