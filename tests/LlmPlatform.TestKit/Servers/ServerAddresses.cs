namespace LlmPlatform.TestKit.Servers;

/// <summary>What <c>servers.env</c> says: where each server listens and which process it is.</summary>
internal sealed class ServerAddresses(IReadOnlyDictionary<string, string> values)
{
    public string this[RealServer server] => values.TryGetValue(VariableOf(server), out var address)
        ? address
        : throw new InvalidOperationException($"{server} was not started.");

    public int ProcessIdOf(RealServer server) =>
        values.TryGetValue($"{NameOf(server).ToUpperInvariant()}_PID", out var pid)
            ? int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{server} is not running, or was not started by us.");

    public static string NameOf(RealServer server) => server.ToString().ToLowerInvariant();

    public static string VariableOf(RealServer server) => $"LLM_PLATFORM_{server.ToString().ToUpperInvariant()}";

    /// <summary>Reads lines of the form <c>NAME='value'</c>.</summary>
    public static async Task<ServerAddresses> ReadAsync(string directory, CancellationToken cancellationToken)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(directory, "servers.env"), cancellationToken);
        return new ServerAddresses(lines
            .Select(line => line.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1].Trim('\'')));
    }
}
