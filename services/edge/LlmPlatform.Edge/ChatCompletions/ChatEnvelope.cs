using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>What every chunk and every whole answer says beside its choices.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="RequestId">The gateway's id of the request.</param>
internal sealed record ChatEnvelope(ChatRequest Request, string RequestId)
{
    private readonly long _created = OpenAiIds.SecondsOf(RequestId);

    /// <summary>The answer's own beginning.</summary>
    public AnswerHead Head { get; set; } = new(null, null);

    /// <summary>Opens the object, up to its choices.</summary>
    /// <param name="json">Receives it.</param>
    /// <param name="kind">For example <c>chat.completion</c>.</param>
    public void WriteStart(Utf8JsonWriter json, string kind)
    {
        json.WriteStartObject();
        json.WriteString("id", Head.Id ?? OpenAiIds.For("chatcmpl-", RequestId));
        json.WriteString("object", kind);
        json.WriteNumber("created", _created);
        json.WriteString("model", Head.Model ?? Request.Model);
        json.WriteNull("system_fingerprint");
    }
}
