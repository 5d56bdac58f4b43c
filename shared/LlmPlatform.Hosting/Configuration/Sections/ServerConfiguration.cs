namespace LlmPlatform.Hosting.Configuration;

/// <summary>Section <c>server</c>: the public face of the platform.</summary>
public sealed record ServerConfiguration
{
    /// <summary>The public port, 1 to 65535. Default 8080. The command line's <c>--port</c> goes before it.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>
    /// Where people reach the platform, for links in what they are sent, such as <c>https://llm.example.com</c>; null:
    /// the port on this machine.
    /// </summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>
    /// IANA name of the zone that days, weeks and months are counted in unless a budget says otherwise. Default UTC.
    /// </summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Web origins that browsers may call from; <c>*</c> for any. Default none.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];
}
