using System.Diagnostics;
using System.Globalization;
using Npgsql;
using RabbitMQ.Client;

namespace LlmPlatform.Bench.Books;

/// <summary>The stores behind the consumers: how far they have come, and how fast each takes rows by itself.</summary>
internal sealed class BookStores(IReadOnlyDictionary<string, string> facts) : IAsyncDisposable
{
    private const int RowsAtOnce = 10_000;

    private readonly NpgsqlDataSource _postgres = NpgsqlDataSource.Create(facts["LLM_PLATFORM_POSTGRES"]);
    private readonly HttpClient _clickHouse = new() { BaseAddress = new Uri(facts["LLM_PLATFORM_CLICKHOUSE"]) };

    /// <summary>The database that billing keeps its rows in.</summary>
    private string Database => new Uri(facts["LLM_PLATFORM_CLICKHOUSE"]).AbsolutePath.Trim('/') is { Length: > 0 } name
        ? name
        : "llm_platform";

    /// <summary>Events of an edge that billing has in warehouse and ledger: both before it says so.</summary>
    public async Task<long> BilledAsync(Guid edgeId) => await ScalarAsync(
        "SELECT coalesce(sum(upper(part) - lower(part)), 0)::bigint "
        + "FROM billing.usage_received, unnest(sequences) part WHERE edge_id = $1",
        edgeId);

    /// <summary>Records in the audit trail.</summary>
    public async Task<long> AuditedAsync() => await ScalarAsync("SELECT sequence FROM audit.head");

    /// <summary>Messages that wait in a queue.</summary>
    public async Task<long> WaitingAsync(params string[] queues)
    {
        var factory = new ConnectionFactory { Uri = new Uri(facts["LLM_PLATFORM_RABBITMQ"]) };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        long waiting = 0;
        foreach (var queue in queues)
        {
            waiting += await channel.MessageCountAsync(queue);
        }

        return waiting;
    }

    /// <summary>Rows a second that a table takes by COPY in lots of 10,000, its indexes included.</summary>
    public async Task<double> CopyRowsPerSecondAsync(string table, string numbered)
    {
        await ExecuteAsync("DROP TABLE IF EXISTS public.bench_raw");
        await ExecuteAsync($"CREATE TABLE public.bench_raw (LIKE {table} INCLUDING INDEXES)");
        var lots = new List<byte[]>();
        await using var connection = await _postgres.OpenConnectionAsync();
        for (var lot = 0; lot < 5; lot++)
        {
            var query = $"SELECT * FROM {table} ORDER BY {numbered} OFFSET {lot * RowsAtOnce} LIMIT {RowsAtOnce}";
            await using var source = await connection.BeginRawBinaryCopyAsync(
                $"COPY ({query}) TO STDOUT (FORMAT BINARY)");
            using var rows = new MemoryStream();
            await source.CopyToAsync(rows);
            lots.Add(rows.ToArray());
        }

        var began = Stopwatch.GetTimestamp();
        foreach (var lot in lots)
        {
            await using var target = await connection.BeginRawBinaryCopyAsync(
                "COPY public.bench_raw FROM STDIN (FORMAT BINARY)");
            await target.WriteAsync(lot);
        }

        var elapsed = Stopwatch.GetElapsedTime(began);
        var stored = await ScalarAsync("SELECT count(*) FROM public.bench_raw");
        await ExecuteAsync("DROP TABLE public.bench_raw");
        return stored / elapsed.TotalSeconds;
    }

    /// <summary>Rows a second that ClickHouse takes as JSON lines in lots of 10,000.</summary>
    public async Task<double> WarehouseRowsPerSecondAsync()
    {
        await ClickHouseAsync("DROP TABLE IF EXISTS bench_raw");
        await ClickHouseAsync("CREATE TABLE bench_raw AS usage_events");
        var rows = await ClickHouseAsync(
            $"SELECT * FROM usage_events LIMIT {RowsAtOnce} FORMAT JSONEachRow",
            "&output_format_json_quote_64bit_integers=0");
        var count = rows.Count(character => character == '\n');
        var insert = Uri.EscapeDataString("INSERT INTO bench_raw FORMAT JSONEachRow");
        var began = Stopwatch.GetTimestamp();
        for (var lot = 0; lot < 5; lot++)
        {
            await ClickHouseAsync(rows, $"&query={insert}");
        }

        var elapsed = Stopwatch.GetElapsedTime(began);
        await ClickHouseAsync("DROP TABLE bench_raw");
        return 5 * count / elapsed.TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        _clickHouse.Dispose();
        await _postgres.DisposeAsync();
    }

    private async Task<string> ClickHouseAsync(string body, string settings = "")
    {
        using var content = new StringContent(body);
        using var answer = await _clickHouse.PostAsync(
            new Uri($"/?database={Database}{settings}", UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? text : throw new InvalidOperationException(text);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _postgres.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> ScalarAsync(string sql, params object[] parameters)
    {
        await using var command = _postgres.CreateCommand(sql);
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return Convert.ToInt64(await command.ExecuteScalarAsync() ?? 0L, CultureInfo.InvariantCulture);
    }
}
