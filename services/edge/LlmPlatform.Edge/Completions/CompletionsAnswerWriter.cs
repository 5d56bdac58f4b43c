using System.Buffers;
using System.Text.Json;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Completions;

/// <summary>Writes a whole answer as the document of a text completion.</summary>
internal static class CompletionsAnswerWriter
{
    /// <summary>Writes it.</summary>
    public static void Write(Answer answer, ChatEnvelope envelope, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, ChatWords.Readable);
        envelope.Take(answer.Head);
        envelope.WriteStart(json, CompletionsWords.Kind);
        json.WriteStartArray("choices");
        for (var index = 0; index < answer.Choices.Count; index++)
        {
            WriteChoice(json, index, answer.Choices[index]);
        }

        json.WriteEndArray();
        if (answer.Usage is { } usage)
        {
            ChatWords.WriteUsage(json, usage);
        }

        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, int index, AnswerChoice choice)
    {
        json.WriteStartObject();
        json.WriteString("text", string.Concat(choice.Parts.Select(TextOf)));
        json.WriteNumber("index", index);
        if (choice.Logprobs.Count > 0)
        {
            CompletionsWords.WriteLogprobs(json, choice.Logprobs, offset: 0);
        }
        else
        {
            json.WriteNull("logprobs");
        }

        json.WriteString("finish_reason", CompletionsWords.FinishReasonOf(choice.StopReason));
        json.WriteEndObject();
    }

    private static string TextOf(ContentPart part) => part switch
    {
        ContentPart.Text text => text.Value,
        ContentPart.Refusal refusal => refusal.Value,
        _ => "",
    };
}
