using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>One candidate of an answer, as its parts come.</summary>
/// <param name="index">Which one, from 0.</param>
/// <param name="sink">Who is told.</param>
/// <param name="takesOneCall">
/// The caller allows one tool call at most. Gemini cannot be told: those after the first are not passed on.
/// </param>
internal sealed class GeminiCandidate(int index, IAnswerSink sink, bool takesOneCall)
{
    private const int MintedIdDigits = 24;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private AnswerPartKind? _open;
    private bool _isSigned;
    private bool _hasSaidSomething;
    private int _calls;
    private string? _finishReason;
    private string? _finishMessage;

    /// <summary>True once there was a reason to finish.</summary>
    public bool IsFinished => _finishReason is not null;

    /// <summary>Says what a chunk adds.</summary>
    /// <param name="candidate">The candidate in the chunk.</param>
    /// <param name="answerId">The answer's id; null when it has none.</param>
    public void Take(JsonElement candidate, string? answerId)
    {
        if (GeminiJson.Object(candidate, "content"u8) is { } content
            && GeminiJson.List(content, "parts"u8) is { } parts)
        {
            foreach (var part in parts.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Object))
            {
                TakePart(part, answerId);
            }
        }

        if (candidate.TryGetProperty("logprobsResult"u8, out var result)
            && GeminiLogprobs.ToOpenAi(result) is { } tokens)
        {
            sink.AppendLogprobs(index, tokens);
        }

        _finishReason = GeminiJson.Text(candidate, "finishReason"u8) ?? _finishReason;
        _finishMessage = GeminiJson.Text(candidate, "finishMessage"u8) ?? _finishMessage;
    }

    /// <summary>The provider's policy ends it, unless it has ended.</summary>
    public void Block() => _finishReason ??= "SAFETY";

    /// <summary>Says that and why it ended.</summary>
    public void End()
    {
        Close();
        var reason = Reason();
        if (reason == StopReason.ContentFilter && !_hasSaidSomething && _finishMessage is not null)
        {
            sink.BeginPart(index, AnswerPart.Refusal);
            sink.Append(index, _finishMessage);
            sink.EndPart(index);
        }

        sink.EndChoice(index, reason);
    }

    private StopReason Reason() => _finishReason switch
    {
        "MAX_TOKENS" or "CONTINUATION" => StopReason.Length,
        "SAFETY" or "RECITATION" or "LANGUAGE" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" or "MODEL_ARMOR"
            or "IMAGE_SAFETY" or "IMAGE_PROHIBITED_CONTENT" or "IMAGE_RECITATION" => StopReason.ContentFilter,
        _ => _calls > 0 ? StopReason.ToolCalls : StopReason.EndTurn,
    };

    private void TakePart(JsonElement part, string? answerId)
    {
        var signature = GeminiJson.Text(part, "thoughtSignature"u8) is { } value
            ? new ThoughtSignature(SignatureOrigins.Gemini, value)
            : null;
        if (GeminiJson.Object(part, "functionCall"u8) is { } call)
        {
            TakeCall(call, signature, answerId);
            return;
        }

        var text = GeminiJson.Text(part, "text"u8) ?? "";
        if (part.TryGetProperty("thought"u8, out var thought) && thought.ValueKind == JsonValueKind.True)
        {
            TakeThought(text, signature);
        }
        else
        {
            TakeText(text, signature);
        }
    }

    private void TakeThought(string text, ThoughtSignature? signature)
    {
        Append(AnswerPart.Thinking, text);
        if (signature is not null)
        {
            Sign(signature);
        }
    }

    // A signature stands on the part after the thought it signs, or ends a text whose thoughts were not shown. It is
    // said as the thought's own; where no thought is under way, as one that is only its signature.
    private void TakeText(string text, ThoughtSignature? signature)
    {
        if (signature is null)
        {
            Append(AnswerPart.Text, text);
        }
        else if (_open == AnswerPartKind.Text)
        {
            Append(AnswerPart.Text, text);
            Sign(signature);
        }
        else
        {
            Sign(signature);
            Append(AnswerPart.Text, text);
        }
    }

    private void Sign(ThoughtSignature signature)
    {
        if (_open == AnswerPartKind.Thinking && !_isSigned)
        {
            sink.Sign(index, signature);
            _isSigned = true;
            return;
        }

        Close();
        sink.BeginPart(index, AnswerPart.RedactedThinking);
        sink.Sign(index, signature);
        sink.EndPart(index);
    }

    private void Append(AnswerPart part, string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (_open != part.Kind)
        {
            Close();
            sink.BeginPart(index, part);
            _open = part.Kind;
        }

        _hasSaidSomething = true;
        sink.Append(index, text);
    }

    private void TakeCall(JsonElement call, ThoughtSignature? signature, string? answerId)
    {
        if (GeminiJson.Text(call, "name"u8) is not { Length: > 0 } name || (takesOneCall && _calls > 0))
        {
            return;
        }

        Close();
        var arguments = ArgumentsOf(call);
        var id = GeminiJson.Text(call, "id"u8) is { Length: > 0 } given ? given : MintId(answerId, name, arguments);
        _calls++;
        _hasSaidSomething = true;
        sink.BeginPart(index, AnswerPart.ToolCall(id, name));
        if (signature is not null)
        {
            sink.Sign(index, signature);
        }

        sink.Append(index, arguments);
        sink.EndPart(index);
    }

    private void Close()
    {
        if (_open is not null)
        {
            sink.EndPart(index);
            _open = null;
            _isSigned = false;
        }
    }

    private static string ArgumentsOf(JsonElement call)
    {
        if (GeminiJson.Object(call, "args"u8) is not { } arguments)
        {
            return "{}";
        }

        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Compact))
        {
            arguments.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(text.GetBuffer().AsSpan(0, (int)text.Length));
    }

    // Made of what it names, so that the same answer read twice has the same ids.
    private string MintId(string? answerId, string name, string arguments)
    {
        var call = Encoding.UTF8.GetBytes($"{answerId}\n{index}\n{_calls}\n{name}\n{arguments}");
        return "call_" + Convert.ToHexStringLower(SHA256.HashData(call))[..MintedIdDigits];
    }
}
