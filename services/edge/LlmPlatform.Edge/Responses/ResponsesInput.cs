using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Responses;

/// <summary>
/// Reads instructions and input items into a conversation. What the model said in one answer stands in several items,
/// thoughts and calls among them, and is one turn again; so are the results of its calls.
/// </summary>
internal sealed class ResponsesInput
{
    private readonly List<ContentPart> _instructions = [];
    private readonly List<Turn> _turns = [];
    private readonly List<ContentPart> _parts = [];
    private TurnRole _role;

    /// <summary>What the instructions and the messages of system and developer say.</summary>
    public IReadOnlyList<ContentPart> Instructions => _instructions;

    /// <summary>The conversation.</summary>
    public IReadOnlyList<Turn> Turns => _turns;

    /// <summary>Reads both from a request.</summary>
    public void Read(RequestObject body)
    {
        if (body.Text("instructions") is { Length: > 0 } instructions)
        {
            _instructions.Add(new ContentPart.Text(instructions));
        }

        switch (body.Member("input"))
        {
            case null:
                throw body.Missing("input");
            case { ValueKind: JsonValueKind.String }:
                Add(TurnRole.User, new ContentPart.Text(body.RequiredText("input")));
                break;
            default:
                foreach (var item in body.Objects("input"))
                {
                    ReadItem(item);
                }

                break;
        }

        EndTurn();
    }

    private void ReadItem(RequestObject item)
    {
        switch (item.Text("type") ?? "message")
        {
            case "message":
                ReadMessage(item);
                break;
            case "function_call":
                ReadCall(item);
                break;
            case "function_call_output":
                Add(TurnRole.Tool, new ContentPart.ToolResult(
                    item.RequiredText("call_id"), ResponsesContent.Read(item, "output")));
                break;
            case "reasoning":
                ReadReasoning(item);
                break;
            case "item_reference":
                throw ResponsesGeneration.CannotBeSaid(
                    item.Path, "a reference to an item kept at its provider", "Send the item itself.");
            case var other:
                throw ResponsesGeneration.CannotBeSaid(
                    item.Path, $"an item of type '{other}'", "Leave it out, or choose a model of OpenAI.");
        }
    }

    private void ReadMessage(RequestObject item)
    {
        var parts = ResponsesContent.Read(item, "content");
        switch (item.RequiredText("role"))
        {
            case "system" or "developer":
                _instructions.AddRange(parts);
                break;
            case "user":
                EndTurn();
                AddAll(TurnRole.User, parts);
                EndTurn();
                break;
            case "assistant":
                AddAll(TurnRole.Assistant, parts);
                break;
            default:
                throw item.Fault("role", "must be 'user', 'assistant', 'system' or 'developer'");
        }
    }

    private void ReadCall(RequestObject item)
    {
        var arguments = item.Text("arguments");
        Add(TurnRole.Assistant, new ContentPart.ToolCall(
            item.RequiredText("call_id"),
            item.RequiredText("name"),
            string.IsNullOrWhiteSpace(arguments) ? "{}" : arguments));
    }

    // One without any text is only a signature: of a call, where the call's provider hangs it there, or of a thought
    // that nobody but its provider can read.
    private void ReadReasoning(RequestObject item)
    {
        List<string> texts =
        [
            .. item.Objects("summary").Concat(item.Objects("content")).Select(part => part.RequiredText("text")),
        ];
        var signature = item.Text("encrypted_content") is { Length: > 0 } secret
            ? ThoughtSignature.Parse(secret, SignatureOrigins.OpenAi)
            : null;
        if (texts.Count == 0 && signature is { Origin: SignatureOrigins.Gemini }
            && _role == TurnRole.Assistant && _parts is [.., ContentPart.ToolCall { Signature: null } call])
        {
            _parts[^1] = call with { Signature = signature };
        }
        else if (texts.Count > 0 || signature is not null)
        {
            Add(TurnRole.Assistant, new ContentPart.Thinking(string.Join("\n\n", texts))
            {
                Signature = signature,
                IsRedacted = texts.Count == 0,
            });
        }
    }

    private void AddAll(TurnRole role, IReadOnlyList<ContentPart> parts)
    {
        foreach (var part in parts)
        {
            Add(role, part);
        }
    }

    private void Add(TurnRole role, ContentPart part)
    {
        if (role != _role)
        {
            EndTurn();
        }

        _role = role;
        _parts.Add(part);
    }

    private void EndTurn()
    {
        if (_parts.Count > 0)
        {
            _turns.Add(new Turn(_role, [.. _parts]));
            _parts.Clear();
        }
    }
}
