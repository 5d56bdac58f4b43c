namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>
/// Reads the keys of one mapping. Whatever is wrong is reported and a harmless value given in its place, so that
/// reading goes
/// on and every fault is found. A key that nobody asked for by the time of <see cref="Finish"/> is unknown.
/// </summary>
internal sealed partial class SectionReader
{
    private readonly FileReading _reading;
    private readonly Dictionary<string, YamlEntry> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>The node was no mapping, which has been reported: that its keys are missing is not news.</summary>
    private readonly bool _isBroken;

    public SectionReader(YamlNode? node, string path, FileReading reading)
    {
        _reading = reading;
        Path = path;
        Line = node?.Line ?? 1;
        if (node is not null)
            reading.Place(path, node.Line);

        switch (node)
        {
            case null or YamlScalar { IsEmpty: true }:
                break;
            case YamlMapping mapping:
                foreach (var entry in mapping.Entries)
                {
                    _entries.Add(entry.Key, entry);
                    reading.Place(PathOf(entry.Key), entry.Line);
                }

                break;
            default:
                reading.Fault(path, node.Line, "must be keys with values (\"key: value\").");
                _isBroken = true;
                break;
        }
    }

    public string Path { get; }

    public int Line { get; }

    /// <summary>Set for a provider that is off: what it would need of the environment is then not missed.</summary>
    public bool ToleratesUnsetVariables { get; set; }

    public bool Has(string key) => _entries.ContainsKey(key);

    public string PathOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    public void Fault(string key, string message) => _reading.Fault(PathOf(key), message);

    public void Notice(string message) => _reading.Notice(Path, message);

    /// <summary>
    /// The name of the first unset variable that a value asks for; null when it needs none that is unset.
    /// </summary>
    public string? UnsetVariable(string key) =>
        _entries.GetValueOrDefault(key)?.Value is YamlScalar scalar
            ? VariableSubstitution.Apply(scalar.Text, _reading.Environment).Unset
            : null;

    public bool IsSet(string variable) => _reading.Environment.Find(variable) is not null;

    /// <summary>A mapping below this one; null when the key is absent or empty.</summary>
    public T? Section<T>(string key, Func<SectionReader, T> read)
        where T : class
    {
        var node = Node(key);
        return node is null or YamlScalar { IsEmpty: true } ? null : Read(node, PathOf(key), read);
    }

    /// <summary>A list of mappings; empty when the key is absent or empty.</summary>
    public IReadOnlyList<T> Sections<T>(string key, Func<SectionReader, T> read) => Items(Node(key), PathOf(key), read);

    /// <summary>Reads a list of mappings that is not below a key, such as a whole file.</summary>
    public static IReadOnlyList<T> ReadList<T>(YamlNode? node, FileReading reading, Func<SectionReader, T> read) =>
        new SectionReader(null, string.Empty, reading).Items(node, string.Empty, read);

    /// <summary>One text or a list of them, with the path of each.</summary>
    public IReadOnlyList<ScalarText> Texts(string key)
    {
        var path = PathOf(key);
        switch (Node(key))
        {
            case null or YamlScalar { IsEmpty: true }:
                return [];
            case YamlScalar one:
                return Expand(one, path) is { } text ? [text] : [];
            case YamlSequence list:
                return [.. list.Items.Select((item, i) => Scalar(item, $"{path}[{i}]")).OfType<ScalarText>()];
            default:
                _reading.Fault(path, "must be a list of texts, such as [a, b].");
                return [];
        }
    }

    /// <summary>A mapping of names to texts.</summary>
    public IReadOnlyDictionary<string, string> TextMap(string key)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        Section(key, section =>
        {
            foreach (var name in section._entries.Keys)
            {
                if (section.OptionalText(name) is { } text)
                    texts.Add(name, text);
            }

            return texts;
        });
        return texts;
    }

    /// <summary>Reports the keys nobody asked for.</summary>
    public void Finish()
    {
        foreach (var key in _entries.Keys.Where(key => !_asked.Contains(key)))
            Fault(key, $"unknown key \"{key}\"; {Suggestion.For(key, _asked)}");
    }

    private T Read<T>(YamlNode node, string path, Func<SectionReader, T> read)
    {
        var section = new SectionReader(node, path, _reading) { ToleratesUnsetVariables = ToleratesUnsetVariables };
        var value = read(section);
        section.Finish();
        return value;
    }

    private IReadOnlyList<T> Items<T>(YamlNode? node, string path, Func<SectionReader, T> read)
    {
        switch (node)
        {
            case null or YamlScalar { IsEmpty: true }:
                return [];
            case YamlSequence list:
                return [.. list.Items.Select((item, i) => Read(item, $"{path}[{i}]", read))];
            default:
                _reading.Fault(path, node.Line, "must be a list, each item beginning with \"- \".");
                return [];
        }
    }

    private YamlNode? Node(string key)
    {
        _asked.Add(key);
        return _entries.GetValueOrDefault(key)?.Value;
    }

    private ScalarText? Scalar(string key) => Node(key) is { } node ? Scalar(node, PathOf(key)) : null;

    private ScalarText? Scalar(YamlNode node, string path)
    {
        if (path.EndsWith(']'))
            _reading.Place(path, node.Line);
        switch (node)
        {
            case YamlScalar { IsEmpty: true }:
                _reading.Fault(path, "has no value; give one or remove the key.");
                return null;
            case YamlScalar scalar:
                return Expand(scalar, path);
            default:
                _reading.Fault(path, "must be a single value, not a list or keys.");
                return null;
        }
    }

    private ScalarText? Expand(YamlScalar scalar, string path)
    {
        var outcome = VariableSubstitution.Apply(scalar.Text, _reading.Environment);
        if (outcome.IsMalformed)
        {
            const string Message = "opens \"${\" and names no variable; write ${NAME}, ${NAME:-default} or $${.";
            _reading.Fault(path, Message);
            return null;
        }

        if (outcome.IsFromEnvironment)
            _reading.Hide(path);
        if (outcome.Unset is null)
            return new ScalarText(outcome.Text, path, !outcome.IsFromEnvironment);
        if (!ToleratesUnsetVariables)
        {
            var name = outcome.Unset;
            _reading.Fault(
                path, $"the environment variable {name} is not set; set it, or give a default with ${{{name}:-…}}.");
        }

        return null;
    }
}
