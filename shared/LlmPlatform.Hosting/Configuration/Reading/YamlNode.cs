namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>
/// A piece of a YAML document with the line it begins on. <paramref name="Size"/> counts it and all below it.
/// </summary>
internal abstract record YamlNode(int Line, int Size);

/// <summary>A value. <paramref name="IsEmpty"/> tells <c>key:</c> from <c>key: ""</c>.</summary>
internal sealed record YamlScalar(string Text, bool IsEmpty, int Line) : YamlNode(Line, 1);

/// <summary>A list.</summary>
internal sealed record YamlSequence(IReadOnlyList<YamlNode> Items, int Line, int Size) : YamlNode(Line, Size);

/// <summary>Keys and their values, in the order of the file.</summary>
internal sealed record YamlMapping(IReadOnlyList<YamlEntry> Entries, int Line, int Size) : YamlNode(Line, Size);

/// <summary>A key with its value and the line of the key.</summary>
internal sealed record YamlEntry(string Key, YamlNode Value, int Line);
