using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>
/// Writes a conversation as Anthropic wants it: the caller first, the two sides in turn, the results of tools before
/// what else the caller says, and no text that is empty.
/// </summary>
internal static class TurnWriter
{
    // A conversation that the model began needs something before it; it says nothing.
    private const string NothingSaid = ".";

    /// <summary>Writes the <c>messages</c>.</summary>
    /// <exception cref="TranslationException">The protocol has no words for a part.</exception>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<Turn> turns)
    {
        var sides = Merge(turns);
        json.WriteStartArray("messages");
        if (sides is not [{ IsModel: false }, ..])
        {
            Write(json, new Side(IsModel: false, [new ContentPart.Text(NothingSaid)]), isLast: sides.Count == 0);
        }

        for (var i = 0; i < sides.Count; i++)
        {
            Write(json, sides[i], isLast: i == sides.Count - 1);
        }

        json.WriteEndArray();
    }

    private static List<Side> Merge(IReadOnlyList<Turn> turns)
    {
        var sides = new List<Side>(turns.Count);
        foreach (var turn in turns)
        {
            var isModel = turn.Role == TurnRole.Assistant;
            var parts = turn.Parts.Where(PartWriter.IsSaid);
            if (sides is [.., var last] && last.IsModel == isModel)
            {
                last.Parts.AddRange(parts);
            }
            else if (parts.ToList() is { Count: > 0 } said)
            {
                sides.Add(new Side(isModel, said));
            }
        }

        return sides;
    }

    private static void Write(Utf8JsonWriter json, Side side, bool isLast)
    {
        json.WriteStartObject();
        json.WriteString("role", side.IsModel ? "assistant" : "user");
        json.WriteStartArray("content");
        foreach (var part in side.Parts.OrderBy(part => part is ContentPart.ToolResult ? 0 : 1))
        {
            var isEnd = isLast && side.IsModel && ReferenceEquals(part, side.Parts[^1]);
            PartWriter.Write(json, isEnd ? WithoutTrailingBlanks(part) : part);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // An answer that the model is to go on with must not end in blanks.
    private static ContentPart WithoutTrailingBlanks(ContentPart part) =>
        part is ContentPart.Text text ? text with { Value = text.Value.TrimEnd() } : part;

    private sealed record Side(bool IsModel, List<ContentPart> Parts);
}
