using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LlmPlatform.Scenarios.Outages;

/// <summary>What an operator types into redis-cli.</summary>
internal static class RedisWire
{
    /// <summary>Sends a command on a connection of its own.</summary>
    /// <returns>The first line of the answer, without its end.</returns>
    public static async Task<string> CommandAsync(string redis, string command, CancellationToken cancellationToken)
    {
        var parts = redis.Split(',')[0].Split(':');
        using var connection = new TcpClient();
        await connection.ConnectAsync(
            parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), cancellationToken);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), cancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadLineAsync(cancellationToken)
            ?? throw new IOException($"Redis closed the connection instead of answering {command}.");
    }
}
