using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>
/// Turns YAML text into nodes that know their line. The library's own tree stops at the first duplicate key; this one
/// reports
/// it and reads on, so that an operator sees every fault at once.
/// </summary>
internal sealed class YamlDocument
{
    /// <summary>Deeper than any section goes, and shallow enough for the stack.</summary>
    private const int MaxDepth = 32;

    /// <summary>Aliases multiply what they stand for; a few lines of them could otherwise fill the memory.</summary>
    private const int MaxNodes = 200_000;

    private readonly Parser _parser;
    private readonly FileReading _reading;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);

    private YamlDocument(string text, FileReading reading)
    {
        _parser = new Parser(new StringReader(text));
        _reading = reading;
    }

    /// <summary>Reads the one document of a file.</summary>
    /// <returns>Its root; null when it is empty or cannot be read, with the fault reported.</returns>
    public static YamlNode? Parse(string text, FileReading reading)
    {
        try
        {
            return new YamlDocument(text, reading).ReadRoot();
        }
        catch (YamlException fault)
        {
            // At the end of the text the library points one line past it.
            var line = Math.Min((int)fault.Start.Line, text.AsSpan().TrimEnd('\n').Count('\n') + 1);
            reading.Fault(string.Empty, line, $"the YAML cannot be read: {Sentence(fault.Message)}");
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or FormatException
            or OverflowException or IndexOutOfRangeException)
        {
            // The library's scanner lets a few of these out on escapes that name no character.
            reading.Fault(string.Empty, 0, "the YAML cannot be read: an escape or a character in it is not valid.");
        }

        return null;
    }

    private YamlNode? ReadRoot()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
            return null;

        _parser.Consume<DocumentStart>();
        var root = ReadNode(string.Empty, depth: 0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
            _reading.Fault(
                string.Empty, (int)second.Start.Line, "a second document begins here; keep one in the file.");
        return root;
    }

    private YamlNode ReadNode(string path, int depth)
    {
        if (depth > MaxDepth)
            throw new YamlException(
                _parser.Current!.Start, _parser.Current.End, $"it is nested deeper than {MaxDepth} levels");

        if (_parser.TryConsume<AnchorAlias>(out var alias))
            return Resolve(alias);

        var anchor = ((NodeEvent)_parser.Current!).Anchor;
        YamlNode node;
        if (_parser.TryConsume<Scalar>(out var scalar))
            node = new YamlScalar(scalar.Value, IsEmpty(scalar), (int)scalar.Start.Line);
        else if (_parser.TryConsume<SequenceStart>(out var sequence))
            node = ReadSequence(path, (int)sequence.Start.Line, depth);
        else
            node = ReadMapping(path, (int)_parser.Consume<MappingStart>().Start.Line, depth);

        if (!anchor.IsEmpty)
            _anchors[anchor.Value] = node;
        return node;
    }

    private YamlSequence ReadSequence(string path, int line, int depth)
    {
        var items = new List<YamlNode>();
        var size = 1;
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            var item = ReadNode($"{path}[{items.Count}]", depth + 1);
            size = Grow(size, item);
            items.Add(item);
        }

        return new YamlSequence(items, line, size);
    }

    private YamlMapping ReadMapping(string path, int line, int depth)
    {
        var entries = new List<YamlEntry>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var size = 1;
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var keyLine = (int)_parser.Current!.Start.Line;
            var key = ReadNode(path, depth + 1);
            var name = (key as YamlScalar)?.Text;
            var valuePath = path.Length == 0 ? name ?? path : $"{path}.{name}";
            var value = ReadNode(valuePath, depth + 1);
            size = Grow(size, value);
            if (name is null || key is YamlScalar { IsEmpty: true })
                _reading.Fault(path, keyLine, "a key is missing or is not plain text; write \"key: value\".");
            else if (seen.TryGetValue(name, out var first))
                _reading.Fault(valuePath, keyLine, $"\"{name}\" is given twice, first on line {first}; keep one.");
            else
            {
                seen.Add(name, keyLine);
                entries.Add(new YamlEntry(name, value, keyLine));
            }
        }

        return new YamlMapping(entries, line, size);
    }

    private YamlNode Resolve(AnchorAlias alias)
    {
        if (_anchors.TryGetValue(alias.Value.Value, out var node))
            return node;
        throw new YamlException(alias.Start, alias.End, $"the alias \"*{alias.Value.Value}\" has no anchor before it");
    }

    private int Grow(int size, YamlNode child)
    {
        if (size + child.Size <= MaxNodes)
            return size + child.Size;
        var current = _parser.Current!;
        throw new YamlException(current.Start, current.End, $"it holds more than {MaxNodes} values");
    }

    private static bool IsEmpty(Scalar scalar) =>
        scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL";

    private static string Sentence(string message) => message.TrimEnd('.', ' ') + ".";
}
