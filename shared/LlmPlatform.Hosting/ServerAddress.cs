using System.Data.Common;
using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Hosting;

/// <summary>Judges the form of a server's address before anything is built on it.</summary>
internal static class ServerAddress
{
    /// <summary>Null when the address can be read, else how one is written.</summary>
    public static string? Misreads(ServerKinds server, string address) => server switch
    {
        ServerKinds.Postgres when !IsConnectionString(address) =>
            "Host=127.0.0.1;Port=5432;Database=…;Username=…;Password=…",
        ServerKinds.RabbitMq when !IsUrl(address, "amqp", "amqps") => "amqp://user:password@127.0.0.1:5672/",
        ServerKinds.Redis when !IsRedis(address) => "127.0.0.1:6379,password=…",
        ServerKinds.ClickHouse when !IsUrl(address, "http", "https") => "http://127.0.0.1:8123/database",
        _ => null,
    };

    private static bool IsUrl(string address, params ReadOnlySpan<string> schemes) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && schemes.Contains(url.Scheme) && url.Host.Length > 0;

    private static bool IsConnectionString(string address)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = address };
            return parts.ContainsKey("Host") || parts.ContainsKey("Server");
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsRedis(string address)
    {
        try
        {
            RedisEndpoint.Parse(address);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
