namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>
/// One file on its way to becoming configuration: where its faults go, and which line each path stands on.
/// </summary>
internal sealed class FileReading(string file, FaultLog log, EnvironmentReading environment)
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly HashSet<string> _hidden = new(StringComparer.Ordinal);

    /// <summary>What <c>${NAME}</c> in this file is looked up in.</summary>
    public EnvironmentReading Environment => environment;

    /// <summary>Remembers the line of a path, for those who later find fault with what stands there.</summary>
    public void Place(string path, int line) => _lines[path] = line;

    /// <summary>Remembers that the value of a path came from the environment, so that no fault quotes it.</summary>
    public void Hide(string path) => _hidden.Add(path);

    /// <summary>A value as a fault on its path may quote it.</summary>
    public string Quote(string path, string value) => _hidden.Contains(path) ? "its value" : $"\"{value}\"";

    public void Fault(string path, int line, string message) =>
        log.Add(new ConfigurationFault(file, path, line, message));

    /// <summary>
    /// Whether a fault has been found at the path or below it: what follows from it is then not worth saying.
    /// </summary>
    public bool HasFaultWithin(string path) => log.HasFaultWithin(file, path);

    /// <summary>Whether the file gives something at the path, right or wrong.</summary>
    public bool Gives(string path) => _lines.ContainsKey(path);

    /// <summary>
    /// Reports a fault on the line of the path, or of the nearest thing around it that the file does give.
    /// </summary>
    public void Fault(string path, string message) => Fault(path, LineOf(path), message);

    public void Notice(string path, string message) => log.Add(new ConfigurationNotice(path, LineOf(path), message));

    private int LineOf(string path)
    {
        var around = path;
        while (around.Length > 0)
        {
            if (_lines.TryGetValue(around, out var line))
                return line;
            var end = Math.Max(around.LastIndexOf('.'), around.LastIndexOf('['));
            around = end < 0 ? string.Empty : around[..end];
        }

        return _lines.GetValueOrDefault(string.Empty, 1);
    }
}
