namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>Everything found while a configuration is read, from however many files it is made of.</summary>
internal sealed class FaultLog(string mainFile)
{
    /// <summary>
    /// More than anyone reads; a file of another kind, given by mistake, could bring one for every line.
    /// </summary>
    private const int MaxFaults = 500;

    private readonly List<ConfigurationFault> _faults = [];
    private readonly List<ConfigurationNotice> _notices = [];
    private int _dropped;

    public bool IsClean => _faults.Count == 0;

    public IReadOnlyList<ConfigurationNotice> Notices => _notices;

    public void Add(ConfigurationFault fault)
    {
        if (_faults.Count >= MaxFaults)
            _dropped++;
        else if (!_faults.Contains(fault))
            _faults.Add(fault);
    }

    public bool HasFaultWithin(string file, string path) => _faults.Exists(fault => fault.File == file
        && fault.Path.StartsWith(path, StringComparison.Ordinal)
        && (fault.Path.Length == path.Length || fault.Path[path.Length] is '.' or '['));

    public void Add(ConfigurationNotice notice) => _notices.Add(notice);

    /// <summary>
    /// The faults as a reader meets them: those of the main file first, each file from top to bottom.
    /// </summary>
    public IReadOnlyList<ConfigurationFault> InOrder()
    {
        var ordered = _faults
            .OrderBy(fault => fault.File != mainFile)
            .ThenBy(fault => fault.File, StringComparer.Ordinal)
            .ThenBy(fault => fault.Line)
            .ToList();
        if (_dropped > 0)
            ordered.Add(new ConfigurationFault(mainFile, string.Empty, 0, $"and {_dropped} more."));
        return ordered;
    }
}
