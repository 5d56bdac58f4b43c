using System.Globalization;
using System.Security.Cryptography;

namespace LlmPlatform.Scenarios.Platform;

/// <summary>
/// The whole platform as its operator runs it: the hosts' own executables, real servers, a configuration file. A
/// scenario talks
/// to it over HTTP, kills and restarts its processes, and nothing else.
/// </summary>
public sealed class PlatformUnderTest : IAsyncDisposable
{
    /// <summary>The name of the process that holds all services in one-process mode.</summary>
    public const string Platform = "platform";

    private const int EdgeCount = 2;

    private static readonly string[] _owners = ["router", "metering", "billing", "audit", "alerting"];

    private readonly string _directory;
    private readonly string _configurationFile;
    private readonly string _encryptionKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly Watchdog _watchdog;
    private readonly Dictionary<string, PlatformProcess> _processes = [];
    private PlatformProcess _rebuild = null!;

    private PlatformUnderTest(PlatformMode mode, PlatformServers servers, string directory)
    {
        Mode = mode;
        Servers = servers;
        _directory = directory;
        _configurationFile = Path.Combine(directory, "platform.yaml");
        _watchdog = new Watchdog(directory);
        MasterKey = $"master-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
    }

    public PlatformMode Mode { get; }

    public PlatformServers Servers { get; }

    public string MasterKey { get; }

    /// <summary>Under which providers' credentials are kept.</summary>
    public string EncryptionKey => _encryptionKey;

    /// <summary>Where callers go; any of them will do.</summary>
    public IReadOnlyList<Uri> Edges => Mode == PlatformMode.OneProcess
        ? [_processes[Platform].Url]
        : [.. Enumerable.Range(1, EdgeCount).Select(number => _processes[EdgeName(number)].Url)];

    /// <summary>Every process, by its name.</summary>
    public IReadOnlyDictionary<string, PlatformProcess> Processes => _processes;

    /// <summary>Migrates, starts everything and waits until all of it is ready.</summary>
    /// <param name="mode">One process or several.</param>
    /// <param name="servers">Disposed with the platform.</param>
    /// <param name="configuration">The YAML text.</param>
    /// <param name="variables">More environment, for example an option or a variable that the configuration
    /// names.</param>
    /// <param name="neighbours">Files beside the configuration file, by name, to their content.</param>
    public static async Task<PlatformUnderTest> StartAsync(
        PlatformMode mode,
        PlatformServers servers,
        string configuration,
        IReadOnlyDictionary<string, string>? variables = null,
        IReadOnlyDictionary<string, string>? neighbours = null)
    {
        var directory = Directory.CreateTempSubdirectory("llm-platform-scenario-").FullName;
        var platform = new PlatformUnderTest(mode, servers, directory);
        try
        {
            foreach (var (name, content) in neighbours ?? new Dictionary<string, string>())
                await File.WriteAllTextAsync(Path.Combine(directory, name), content);
            await platform.WriteConfigurationAsync(configuration);
            variables ??= new Dictionary<string, string>();
            await platform.MigrateAsync(variables);
            platform.Prepare(variables);
            await platform.EnsureRunningAsync(TestContext.Current.CancellationToken);
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where a service answers, for example <c>billing</c>; of several edges the first.</summary>
    public Uri UrlOf(string service) =>
        Mode == PlatformMode.OneProcess ? _processes[Platform].Url
        : service == "edge" ? Edges[0]
        : _processes[service].Url;

    /// <summary>The file of everything a process has said.</summary>
    public string LogOf(string process) => Path.Combine(_directory, process + ".log");

    /// <summary>What a process keeps on its own disk.</summary>
    public string DataDirectoryOf(string process) => Path.Combine(_directory, "data", process);

    /// <summary>kill -9.</summary>
    public Task KillAsync(string process) => _processes[process].KillAsync();

    /// <summary>kill -9, and a new start at once, with more environment than the others have.</summary>
    public async Task RestartAsync(string process, IReadOnlyDictionary<string, string> variables)
    {
        await KillAsync(process);
        _processes[process].Start(variables);
    }

    /// <summary>Has every service derive again what it derives, while all of them run.</summary>
    /// <returns>What each said came out, by its name.</returns>
    public async Task<IReadOnlyDictionary<string, string>> RebuildAsync()
    {
        await _rebuild.RunVerbAsync("--rebuild");
        var said = new Dictionary<string, string>();
        foreach (var line in await File.ReadAllLinesAsync(LogOf(_rebuild.Name)))
        {
            if (line.Split(": ", 2) is [var service, var result] && _owners.Contains(service))
                said[service] = result;
        }

        return said;
    }

    /// <summary>Starts what does not run, on its old port and data, and waits until everything is ready.</summary>
    public async Task EnsureRunningAsync(CancellationToken cancellationToken)
    {
        foreach (var process in _processes.Values)
            process.Start();
        _watchdog.Watch(_processes.Values.Select(process => process.ProcessId).OfType<int>());
        await Task.WhenAll(_processes.Values.Select(process => process.UntilReadyAsync(cancellationToken)));
    }

    /// <summary>Replaces the configuration file at once, as an editor or a mounted secret does.</summary>
    public async Task WriteConfigurationAsync(string yaml)
    {
        var written = _configurationFile + ".new";
        await File.WriteAllTextAsync(written, yaml);
        File.Move(written, _configurationFile, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Values)
            await process.DisposeAsync();
        _watchdog.Dispose();
        await Servers.DisposeAsync();
        // LLM_PLATFORM_KEEP=1 leaves the logs to look at.
        if (Environment.GetEnvironmentVariable("LLM_PLATFORM_KEEP") != "1")
            Directory.Delete(_directory, recursive: true);
    }

    private static string EdgeName(int number) => string.Create(CultureInfo.InvariantCulture, $"edge-{number}");

    private void Prepare(IReadOnlyDictionary<string, string> variables)
    {
        if (Mode == PlatformMode.OneProcess)
        {
            _processes[Platform] = NewProcess(Platform, Platform, NewUrl(), variables);
            _rebuild = NewProcess("rebuild", Platform, _processes[Platform].Url, variables);
            return;
        }

        // Every address is known before any environment is written: each service must find the others.
        var names = new[] { EdgeName(1), EdgeName(2) }.Concat(_owners).ToList();
        var urls = names.ToDictionary(name => name, _ => NewUrl());
        var addresses = new Dictionary<string, string>(variables);
        foreach (var owner in _owners)
            addresses[$"LLM_PLATFORM_{owner.ToUpperInvariant()}_URL"] = urls[owner].ToString();
        _rebuild = NewProcess("rebuild", Platform, NewUrl(), addresses);
        foreach (var name in names)
        {
            var own = new Dictionary<string, string>(addresses);
            var service = name.Split('-')[0];
            own["LLM_PLATFORM_EDGE_URL"] = urls[service == "edge" ? name : EdgeName(1)].ToString();
            _processes[name] = NewProcess(name, service, urls[name], own);
        }
    }

    private PlatformProcess NewProcess(
        string name, string service, Uri url, IReadOnlyDictionary<string, string> variables)
    {
        var environment = new Dictionary<string, string>(variables)
        {
            ["LLM_PLATFORM_POSTGRES"] = Servers.Postgres,
            ["LLM_PLATFORM_RABBITMQ"] = Servers.RabbitMq,
            ["LLM_PLATFORM_REDIS"] = Servers.Redis,
            ["LLM_PLATFORM_CLICKHOUSE"] = Servers.ClickHouse.Url,
            ["LLM_PLATFORM_MASTER_KEY"] = MasterKey,
            ["LLM_PLATFORM_ENCRYPTION_KEY"] = _encryptionKey,
            ["LLM_PLATFORM_CONFIG"] = _configurationFile,
            ["LLM_PLATFORM_DATA"] = DataDirectoryOf(name),
            ["LLM_PLATFORM_LISTEN"] = url.ToString(),
        };

        // The receivers of a test are on this machine.
        environment.TryAdd("Alerting__Channels__AllowedNetworks__0", "127.0.0.0/8");

        // What belongs to the machine and not to a platform: without it the runtime is not found.
        foreach (var inherited in new[] { "PATH", "HOME", "DOTNET_ROOT", "TMPDIR", "LANG" })
        {
            if (Environment.GetEnvironmentVariable(inherited) is { } value)
                environment.TryAdd(inherited, value);
        }

        Directory.CreateDirectory(environment["LLM_PLATFORM_DATA"]);
        return new PlatformProcess(
            name, RepositoryFiles.HostOf(service), url, environment, Path.Combine(_directory, name + ".log"));
    }

    // One process brings every store to this version, whatever runs later.
    private async Task MigrateAsync(IReadOnlyDictionary<string, string> variables)
    {
        await using var migration = NewProcess("migration", Platform, NewUrl(), variables);
        await migration.RunVerbAsync("--migrate");
    }

    private static Uri NewUrl() => new(string.Create(
        CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}"));
}
