using System.Text;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>
/// The content blocks of one answer, said to a sink one after the other. Of blocks that come mixed, the one that began
/// first speaks, and the others wait for it to end. Not thread-safe.
/// </summary>
/// <param name="sink">Who is spoken to.</param>
/// <param name="answerTool">The tool whose arguments are the answer's text; null when there is none.</param>
internal sealed class ConverseBlocks(IAnswerSink sink, string? answerTool)
{
    private const int Choice = 0;

    // In the order they began; the first one speaks.
    private readonly List<Block> _blocks = [];

    /// <summary>True once the answer came as the arguments of its tool.</summary>
    public bool SawAnswerTool { get; private set; }

    /// <summary>True once another tool was called.</summary>
    public bool SawToolCall { get; private set; }

    public void BeginTool(int index, string id, string name)
    {
        var isAnswer = name == answerTool;
        SawAnswerTool |= isAnswer;
        SawToolCall |= !isAnswer;
        Begin(index, isAnswer ? AnswerPart.Text : AnswerPart.ToolCall(id, name)).IsAnswer = isAnswer;
    }

    public void AppendText(int index, string text)
    {
        if (text.Length > 0)
        {
            Append(Find(index) ?? Begin(index, AnswerPart.Text), text);
        }
    }

    public void AppendArguments(int index, string text)
    {
        if (text.Length > 0 && Find(index) is { } block)
        {
            Append(block, text);
        }
    }

    public void AppendThought(int index, string text)
    {
        if (text.Length > 0)
        {
            Append(Find(index) ?? Begin(index, AnswerPart.Thinking), text);
        }
    }

    public void AppendSignature(int index, string signature) =>
        (Find(index) ?? Begin(index, AnswerPart.Thinking)).Signature.Append(signature);

    public void AppendRedacted(int index, byte[] content) =>
        (Find(index) ?? Begin(index, AnswerPart.RedactedThinking)).Redacted.AddRange(content);

    public void End(int index)
    {
        if (Find(index) is { } block)
        {
            block.IsEnded = true;
            SayEnded();
        }
    }

    /// <summary>Ends what nobody ended.</summary>
    public void EndAll()
    {
        foreach (var block in _blocks)
        {
            block.IsEnded = true;
        }

        SayEnded();
    }

    private Block? Find(int index) => _blocks.Find(block => block.Index == index);

    private Block Begin(int index, AnswerPart part)
    {
        var block = new Block(index, part);
        _blocks.Add(block);
        if (_blocks.Count == 1)
        {
            sink.BeginPart(Choice, part);
        }

        return block;
    }

    private void Append(Block block, string text)
    {
        block.IsEmpty = false;
        if (block == _blocks[0])
        {
            sink.Append(Choice, text);
        }
        else
        {
            block.Held.Append(text);
        }
    }

    private void SayEnded()
    {
        while (_blocks is [{ IsEnded: true } first, ..])
        {
            SayEnd(first);
            _blocks.RemoveAt(0);
            if (_blocks is [var next, ..])
            {
                sink.BeginPart(Choice, next.Part);
                if (next.Held.Length > 0)
                {
                    sink.Append(Choice, next.Held.ToString());
                }
            }
        }
    }

    private void SayEnd(Block block)
    {
        // A tool without arguments may send none at all.
        if (block.IsEmpty && (block.IsAnswer || block.Part.Kind == AnswerPartKind.ToolCall))
        {
            sink.Append(Choice, "{}");
        }

        if (block.Redacted.Count > 0)
        {
            Sign(Convert.ToBase64String([.. block.Redacted]));
        }
        else if (block.Signature.Length > 0)
        {
            Sign(block.Signature.ToString());
        }

        sink.EndPart(Choice);
    }

    private void Sign(string signature) =>
        sink.Sign(Choice, new ThoughtSignature(SignatureOrigins.Bedrock, signature));

    private sealed class Block(int index, AnswerPart part)
    {
        public int Index { get; } = index;

        public AnswerPart Part { get; } = part;

        /// <summary>What came while others spoke.</summary>
        public StringBuilder Held { get; } = new();

        public StringBuilder Signature { get; } = new();

        public List<byte> Redacted { get; } = [];

        public bool IsAnswer { get; set; }

        public bool IsEmpty { get; set; } = true;

        public bool IsEnded { get; set; }
    }
}
