using System.Globalization;

namespace LlmPlatform.Hosting.Redis;

/// <summary>The parts of a connection string. Its text form is <c>host:port</c>, so that it may be logged.</summary>
internal sealed class RedisEndpoint
{
    private const int DefaultPort = 6379;
    private const int DatabaseMax = 16_383;

    internal required string Host { get; init; }
    internal int Port { get; private init; } = DefaultPort;
    internal string? User { get; private set; }
    internal string? Password { get; private set; }
    internal bool UseTls { get; private set; }
    internal string? TlsHost { get; private set; }
    internal int Database { get; private set; }
    internal string? ClientName { get; private set; }

    /// <exception cref="FormatException">A part is wrong; the message names it and never shows a password.</exception>
    internal static RedisEndpoint Parse(string connectionString)
    {
        var parts = connectionString.Split(',', StringSplitOptions.TrimEntries);
        var endpoint = ParseAddress(parts[0]);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in parts.AsSpan(1))
        {
            if (part.Length == 0)
                continue;

            // A part without '=' may be the tail of a password that holds a comma, so its text is not repeated.
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new FormatException(
                    "The Redis connection string has a part that is not name=value (a password cannot hold a comma, "
                    + "and only one host:port is taken).");
            endpoint.Apply(part[..equals], part[(equals + 1)..], seen);
        }
        if (endpoint.User is not null && endpoint.Password is null)
            throw new FormatException("The Redis connection string has a user but no password.");
        return endpoint;
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    private static RedisEndpoint ParseAddress(string address)
    {
        // Whoever put the password first, or pasted a URL with one, must not find it in a log.
        if (address.Contains('=', StringComparison.Ordinal) || address.Contains('@', StringComparison.Ordinal)
            || address.Contains('/', StringComparison.Ordinal))
            throw new FormatException("The Redis connection string must start with host:port, not an option or a URL.");

        var hostEnd = address.StartsWith('[') ? address.IndexOf(']', StringComparison.Ordinal) + 1
            : address.IndexOf(':', StringComparison.Ordinal);
        if (hostEnd < 0)
            hostEnd = address.Length;
        var host = address[..hostEnd].Trim('[', ']');
        if (host.Length == 0)
            throw new FormatException("The Redis connection string has no host; it must start with host:port.");
        if (hostEnd == address.Length)
            return new RedisEndpoint { Host = host };

        if (address[hostEnd] != ':' || !TryParse(address[(hostEnd + 1)..], 1, 65_535, out var port))
            throw new FormatException("The port in the Redis connection string is not a number from 1 to 65535.");
        return new RedisEndpoint { Host = host, Port = port };
    }

    private void Apply(string name, string value, HashSet<string> seen)
    {
        if (!seen.Add(name))
            throw new FormatException($"The Redis connection string names '{name}' twice.");
        if (value.Length == 0)
            throw new FormatException($"'{name}' in the Redis connection string is empty.");

        switch (name.ToUpperInvariant())
        {
            case "PASSWORD": Password = value; break;
            case "USER": User = value; break;
            case "SSL": UseTls = bool.TryParse(value, out var tls) ? tls : throw Invalid(name, "true or false"); break;
            case "SSLHOST": TlsHost = value; break;
            case "NAME": ClientName = IsPrintable(value) ? value : throw Invalid(name, "printable and free of spaces"); break;
            case "DEFAULTDATABASE":
                Database = TryParse(value, 0, DatabaseMax, out var database)
                    ? database
                    : throw Invalid(name, $"a number from 0 to {DatabaseMax}");
                break;
            default:
                throw new FormatException(
                    $"The Redis connection string has an unknown option '{name}'; "
                    + "known are password, user, ssl, sslHost, defaultDatabase, name.");
        }
    }

    private static FormatException Invalid(string name, string expected) =>
        new($"'{name}' in the Redis connection string must be {expected}.");

    private static bool IsPrintable(string value) => !value.AsSpan().ContainsAnyExceptInRange('!', '~');

    private static bool TryParse(string text, int min, int max, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= min && value <= max;
}
