using LlmPlatform.Hosting.Security;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Hosting;

/// <summary>
/// Where servers, services and files are: the <c>LLM_PLATFORM_…</c> environment variables, read once at start.
/// </summary>
public sealed record PlatformEnvironment
{
    /// <summary><c>LLM_PLATFORM_POSTGRES</c>: an Npgsql connection string.</summary>
    public string Postgres { get; init; } = "";

    /// <summary><c>LLM_PLATFORM_RABBITMQ</c>: <c>amqp://user:password@host:port/vhost</c>.</summary>
    public string RabbitMq { get; init; } = "";

    /// <summary><c>LLM_PLATFORM_REDIS</c>: <c>host:port[,password=…][,ssl=true]</c>.</summary>
    public string Redis { get; init; } = "";

    /// <summary><c>LLM_PLATFORM_CLICKHOUSE</c>: <c>http://[user:password@]host:port[/database]</c>.</summary>
    public string ClickHouse { get; init; } = "";

    /// <summary>
    /// <c>LLM_PLATFORM_MASTER_KEY</c>: opens the admin API; at least 16 characters. While it is being replaced,
    /// <c>LLM_PLATFORM_MASTER_KEY_PREVIOUS</c> opens it too.
    /// </summary>
    public MasterKey MasterKey { get; init; } = MasterKey.None;

    /// <summary>
    /// <c>LLM_PLATFORM_ENCRYPTION_KEY</c>: 32 bytes in base64; encrypts provider credentials where they are kept. While
    /// it is being replaced, <c>LLM_PLATFORM_ENCRYPTION_KEY_PREVIOUS</c> decrypts them too.
    /// </summary>
    public CredentialCipher? Credentials { get; init; }

    /// <summary><c>LLM_PLATFORM_CONFIG</c>; default <c>config/platform.yaml</c>.</summary>
    public string ConfigurationFile { get; init; } = "config/platform.yaml";

    /// <summary>
    /// <c>LLM_PLATFORM_DATA</c>; default <c>.data</c>. Spool and snapshots live here; no two edges share one.
    /// </summary>
    public string DataDirectory { get; init; } = ".data";

    /// <summary>
    /// <c>LLM_PLATFORM_LISTEN</c>: for example <c>http://127.0.0.1:8081</c>; default the configured port on loopback.
    /// </summary>
    public Uri? Listen { get; init; }

    /// <summary><c>LLM_PLATFORM_LOG_LEVEL</c>: the lowest level that is logged; default Information.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary><c>LLM_PLATFORM_LOG_FORMAT</c>: true for <c>json</c>; default <c>text</c>.</summary>
    public bool LogsJson { get; init; }

    /// <summary>
    /// <c>LLM_PLATFORM_ROUTER_URL</c> and its like, by service name; default where this host listens.
    /// </summary>
    public IReadOnlyDictionary<string, Uri> ServiceUrls { get; init; } = new Dictionary<string, Uri>();

    private static readonly string[] Services = ["edge", "router", "metering", "billing", "audit", "alerting"];

    /// <summary>Reads the environment. Every fault is listed, each naming its variable and never its value.</summary>
    /// <param name="read">Looks a variable up.</param>
    /// <param name="needs">The servers that must be named.</param>
    /// <param name="faults">Receives what is wrong.</param>
    public static PlatformEnvironment Read(Func<string, string?> read, ServerKinds needs, ICollection<string> faults)
    {
        var urls = new Dictionary<string, Uri>();
        foreach (var service in Services)
        {
            if (ReadUrl(read, $"LLM_PLATFORM_{service.ToUpperInvariant()}_URL", faults) is { } url)
            {
                urls[service] = url;
            }
        }

        return new PlatformEnvironment
        {
            Postgres = Server(read, ServerKinds.Postgres, needs, faults),
            RabbitMq = Server(read, ServerKinds.RabbitMq, needs, faults),
            Redis = Server(read, ServerKinds.Redis, needs, faults),
            ClickHouse = Server(read, ServerKinds.ClickHouse, needs, faults),
            MasterKey = MasterKey.Read(
                read("LLM_PLATFORM_MASTER_KEY"), faults, read("LLM_PLATFORM_MASTER_KEY_PREVIOUS")),
            Credentials = CredentialCipher.Read(
                read("LLM_PLATFORM_ENCRYPTION_KEY"), faults, read("LLM_PLATFORM_ENCRYPTION_KEY_PREVIOUS")),
            ConfigurationFile = Text(read, "LLM_PLATFORM_CONFIG") ?? "config/platform.yaml",
            DataDirectory = Text(read, "LLM_PLATFORM_DATA") ?? ".data",
            Listen = ReadUrl(read, "LLM_PLATFORM_LISTEN", faults),
            LogLevel = ReadLogLevel(read, faults),
            LogsJson = ReadLogsJson(read, faults),
            ServiceUrls = urls,
        };
    }

    /// <summary>Whether <see cref="UrlOf"/> has an address for a service.</summary>
    public bool Knows(string service) => Listen is not null || ServiceUrls.ContainsKey(service);

    /// <summary>Where a service answers other services.</summary>
    /// <exception cref="InvalidOperationException">Neither its variable nor an own address is known.</exception>
    public Uri UrlOf(string service) =>
        ServiceUrls.TryGetValue(service, out var url) ? url
        : Listen ?? throw new InvalidOperationException($"The address of the service '{service}' is not known.");

    /// <summary>Names no server: their addresses hold passwords.</summary>
    public override string ToString() =>
        $"{nameof(PlatformEnvironment)} {{ {nameof(ConfigurationFile)} = {ConfigurationFile}, "
        + $"{nameof(DataDirectory)} = {DataDirectory}, {nameof(Listen)} = {Listen} }}";

    private static string? Text(Func<string, string?> read, string name) =>
        read(name) is { Length: > 0 } value ? value : null;

    private static string Server(
        Func<string, string?> read, ServerKinds server, ServerKinds needs, ICollection<string> faults)
    {
        var name = $"LLM_PLATFORM_{server.ToString().ToUpperInvariant()}";
        var value = Text(read, name);
        if (value is null && needs.HasFlag(server))
        {
            faults.Add($"{name} is not set: name the server there (./run.sh starts private ones and sets it).");
        }
        else if (value is not null && ServerAddress.Misreads(server, value) is { } example)
        {
            faults.Add($"{name} cannot be read: write it like {example}.");
        }

        return value ?? "";
    }

    private static LogLevel ReadLogLevel(Func<string, string?> read, ICollection<string> faults)
    {
        const string name = "LLM_PLATFORM_LOG_LEVEL";
        if (Text(read, name) is not { } value)
        {
            return LogLevel.Information;
        }

        if (!Enum.TryParse<LogLevel>(value, ignoreCase: true, out var level) || !Enum.IsDefined(level))
        {
            faults.Add($"{name} is not a level: {string.Join(", ", Enum.GetNames<LogLevel>())}.");
        }

        return level;
    }

    private static bool ReadLogsJson(Func<string, string?> read, ICollection<string> faults)
    {
        const string name = "LLM_PLATFORM_LOG_FORMAT";
        var value = Text(read, name);
        if (value is not (null or "text" or "json"))
        {
            faults.Add($"{name} is neither text nor json.");
        }

        return value == "json";
    }

    private static Uri? ReadUrl(Func<string, string?> read, string name, ICollection<string> faults)
    {
        if (Text(read, name) is not { } value)
        {
            return null;
        }

        if (Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }

        faults.Add($"{name} is not an http or https URL: write it like http://127.0.0.1:8081.");
        return null;
    }
}
