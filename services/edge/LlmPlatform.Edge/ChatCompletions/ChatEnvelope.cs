using System.Text.Json;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>What every chunk and every whole answer says beside its choices.</summary>
/// <param name="request">What was asked.</param>
/// <param name="requestId">The gateway's id of the request.</param>
/// <param name="idPrefix">Begins the answer's id where the provider gives none, for example <c>chatcmpl-</c>.</param>
internal sealed class ChatEnvelope(InboundRequest request, string requestId, string idPrefix)
{
    private readonly long _created = OpenAiIds.SecondsOf(requestId);
    private AnswerHead _head = new(null, null);

    /// <summary>The published model that was asked for.</summary>
    public string AskedModel => request.Model;

    /// <summary>True when the caller is to see the usage of a stream.</summary>
    public bool ShowUsage => request.ShowUsage;

    /// <summary>Takes the answer's own id and model.</summary>
    public void Take(AnswerHead head) => _head = head;

    /// <summary>Opens the object, up to its choices.</summary>
    /// <param name="json">Receives it.</param>
    /// <param name="kind">For example <c>chat.completion</c>.</param>
    public void WriteStart(Utf8JsonWriter json, string kind)
    {
        json.WriteStartObject();
        json.WriteString("id", _head.Id ?? OpenAiIds.For(idPrefix, requestId));
        json.WriteString("object", kind);
        json.WriteNumber("created", _created);
        json.WriteString("model", _head.Model ?? request.Model);
        json.WriteNull("system_fingerprint");
    }
}
