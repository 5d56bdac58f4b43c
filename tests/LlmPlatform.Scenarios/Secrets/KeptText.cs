using System.Diagnostics;
using System.Text;
using LlmPlatform.Scenarios.Platform;
using Npgsql;

namespace LlmPlatform.Scenarios.Secrets;

/// <summary>Everything that a platform has kept or said, as text, by the place it is at.</summary>
public static class KeptText
{
    // All keys with all their content, whatever kind they are of.
    private const string WholeRedis =
        """
        local out = {}
        local function add(values) for _, value in ipairs(values) do out[#out + 1] = value end end
        for _, key in ipairs(redis.call('KEYS', '*')) do
          out[#out + 1] = key
          local kind = redis.call('TYPE', key).ok
          if kind == 'string' then out[#out + 1] = redis.call('GET', key)
          elseif kind == 'hash' then add(redis.call('HGETALL', key))
          elseif kind == 'zset' then add(redis.call('ZRANGE', key, 0, -1, 'WITHSCORES'))
          elseif kind == 'set' then add(redis.call('SMEMBERS', key))
          elseif kind == 'list' then add(redis.call('LRANGE', key, 0, -1)) end
        end
        return out
        """;

    private static readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };

    public static async Task<IReadOnlyDictionary<string, string>> OfAsync(
        PlatformUnderTest platform, CancellationToken cancellationToken)
    {
        var places = new Dictionary<string, string>
        {
            ["redis"] = await RedisAsync(platform.Servers.Redis, cancellationToken),
            ["postgres"] = await PostgresAsync(platform.Servers.Postgres, cancellationToken),
            ["clickhouse"] = await ClickHouseAsync(platform, cancellationToken),
        };
        foreach (var (name, process) in platform.Processes)
        {
            places[$"log of {name}"] = await FileAsync(platform.LogOf(name), cancellationToken);
            places[$"disk of {name}"] = await FolderAsync(platform.DataDirectoryOf(name), cancellationToken);
            places[$"metrics of {name}"] = await _http.GetStringAsync(
                new Uri(process.Url, "metrics"), cancellationToken);
        }

        return places;
    }

    private static async Task<string> RedisAsync(string address, CancellationToken cancellationToken)
    {
        var port = address.Split(':')[^1];
        string[] arguments = ["-p", port, "--raw", "EVAL", WholeRedis, "0"];
        using var client = Process.Start(
            new ProcessStartInfo("redis-cli", arguments) { RedirectStandardOutput = true })!;
        var text = await client.StandardOutput.ReadToEndAsync(cancellationToken);
        await client.WaitForExitAsync(cancellationToken);
        return text;
    }

    // A row as PostgreSQL writes it; bytes are hexadecimal there, so they are added as the text they are.
    private static async Task<string> PostgresAsync(string address, CancellationToken cancellationToken)
    {
        var kept = new StringBuilder();
        await using var database = NpgsqlDataSource.Create(address);
        var tables = await ColumnAsync(
            database,
            """
            SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
            WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
            """,
            cancellationToken);
        foreach (var table in tables)
            kept.AppendJoin('\n', await ColumnAsync(database, $"SELECT t::text FROM {table} t", cancellationToken));
        var bytes = await ColumnAsync(
            database,
            """
            SELECT format('SELECT encode(%I, ''escape'') FROM %I.%I', column_name, table_schema, table_name)
            FROM information_schema.columns WHERE data_type = 'bytea' AND table_schema NOT IN ('pg_catalog')
            """,
            cancellationToken);
        foreach (var statement in bytes)
            kept.AppendJoin('\n', await ColumnAsync(database, statement, cancellationToken));
        return kept.ToString();
    }

    private static async Task<List<string>> ColumnAsync(
        NpgsqlDataSource database, string statement, CancellationToken cancellationToken)
    {
        var values = new List<string>();
        await using var command = database.CreateCommand(statement);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            if (!await rows.IsDBNullAsync(0, cancellationToken))
                values.Add(rows.GetString(0));
        }

        return values;
    }

    private static async Task<string> ClickHouseAsync(PlatformUnderTest platform, CancellationToken cancellationToken)
    {
        var kept = new StringBuilder();
        var database = platform.Servers.ClickHouse;
        var tables = await QueryAsync($"SELECT name FROM system.tables WHERE database = '{database.Name}'");
        foreach (var table in tables.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            kept.Append(await QueryAsync($"SELECT * FROM {database.Name}.{table} FORMAT TabSeparatedWithNames"));
        return kept.ToString();

        async Task<string> QueryAsync(string query)
        {
            using var content = new StringContent(query);
            using var answer = await _http.PostAsync(new Uri(database.BaseUrl), content, cancellationToken);
            answer.EnsureSuccessStatusCode();
            return await answer.Content.ReadAsStringAsync(cancellationToken);
        }
    }

    private static async Task<string> FolderAsync(string folder, CancellationToken cancellationToken)
    {
        var kept = new StringBuilder();
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            // The lock file is another's to read, by its nature.
            if (file.EndsWith(".lock", StringComparison.Ordinal))
                continue;
            try
            {
                kept.Append(await FileAsync(file, cancellationToken));
            }
            catch (FileNotFoundException)
            {
                // It has just taken the place of the one before it, whose name is among these too.
            }
        }

        return kept.ToString();
    }

    private static async Task<string> FileAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(
            file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
