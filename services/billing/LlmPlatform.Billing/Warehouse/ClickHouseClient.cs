using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>
/// ClickHouse over HTTP: JSON lines in and out. Speaks only what 18.16 and current versions both understand.
/// </summary>
internal sealed partial class ClickHouseClient : IDisposable
{
    private const int DetailLength = 400;
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http;
    private readonly ClickHouseEndpoint _endpoint;
    private readonly ClickHouseOptions _options;

    public ClickHouseClient(ClickHouseEndpoint endpoint, ClickHouseOptions options)
    {
        _endpoint = endpoint;
        _options = options;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.MaxConnections,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = options.MaxAnswerBytes,
        };
        if (endpoint.User.Length > 0)
        {
            _http.DefaultRequestHeaders.Add("X-ClickHouse-User", endpoint.User);
            _http.DefaultRequestHeaders.Add("X-ClickHouse-Key", endpoint.Password);
        }
    }

    /// <summary>The database that statements run in.</summary>
    public string Database => _endpoint.Database;

    /// <summary>Asks for the server's version.</summary>
    /// <exception cref="ClickHouseException">It does not answer within two seconds.</exception>
    public async Task<Version> VersionAsync(CancellationToken cancellationToken)
    {
        var text = await SendAsync(
            AddressFor(null, ""), Text("SELECT version()"), PingTimeout, ReadTextAsync, cancellationToken);
        return Version.Parse(text.Trim());
    }

    /// <summary>Runs a statement that answers nothing.</summary>
    /// <param name="statement">Without values from outside, or with them quoted by <see
    /// cref="ClickHouseLiteral"/>.</param>
    /// <param name="database">Null: none, for the statement that creates ours.</param>
    /// <param name="cancellationToken">Abandons the wait, not the statement.</param>
    public Task ExecuteAsync(string statement, string? database, CancellationToken cancellationToken) =>
        SendAsync(AddressFor(database, ""), Text(statement), _options.QueryTimeout, ReadTextAsync, cancellationToken);

    /// <summary>Runs a query and reads each line of its answer.</summary>
    /// <param name="query">Without a FORMAT clause.</param>
    /// <param name="read">Reads one row; the element lives no longer than the call.</param>
    /// <param name="cancellationToken">Abandons the wait; the server ends the query at its own limit.</param>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(
        string query, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        // 64-bit integers are quoted by default up to 25.7 and bare from 25.8; wait_end_of_query makes a failure half
        // way a failure, not a short answer.
        var seconds = (int)Math.Ceiling(_options.QueryTimeout.TotalSeconds);
        var settings = Invariant(
            $"&output_format_json_quote_64bit_integers=0&wait_end_of_query=1&max_execution_time={seconds}");
        return await SendAsync(
            AddressFor(_endpoint.Database, settings),
            Text(query + "\nFORMAT JSONEachRow"),
            _options.QueryTimeout,
            async (content, token) =>
            {
                var rows = new List<T>();
                await using var body = await content.ReadAsStreamAsync(token);
                using var lines = new StreamReader(body, Encoding.UTF8);
                while (await lines.ReadLineAsync(token) is { } line)
                {
                    using var row = JsonDocument.Parse(line);
                    rows.Add(read(row.RootElement));
                }

                return (IReadOnlyList<T>)rows;
            },
            cancellationToken);
    }

    /// <summary>
    /// Inserts rows that were written as JSON lines. All or, on a failure, possibly some: repeat it whole.
    /// </summary>
    /// <param name="table">Of our database.</param>
    /// <param name="columns">Every column of the table that the lines hold.</param>
    /// <param name="lines">UTF-8, one object a line.</param>
    /// <param name="cancellationToken">Abandons the wait; the rows may be in or not.</param>
    /// <exception cref="ClickHouseException">Not inserted, or not known to be.</exception>
    public Task InsertAsync(
        string table, string columns, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        var statement = Uri.EscapeDataString($"INSERT INTO {table} ({columns}) FORMAT JSONEachRow");
        return SendAsync(
            AddressFor(_endpoint.Database, $"&query={statement}"),
            Lines(lines),
            _options.InsertTimeout,
            ReadTextAsync,
            cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(
        Uri address,
        HttpContent content,
        TimeSpan timeout,
        Func<HttpContent, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        try
        {
            using var response = await _http.SendAsync(request, deadline.Token);
            return response.IsSuccessStatusCode
                ? await read(response.Content, deadline.Token)
                : throw Refusal(response, await response.Content.ReadAsStringAsync(deadline.Token));
        }
        catch (Exception fault) when (
            fault is HttpRequestException or IOException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            throw ClickHouseException.Unreachable(fault);
        }
    }

    // Old servers say the code only in the text.
    private static ClickHouseException Refusal(HttpResponseMessage response, string body)
    {
        var detail = body.Length > DetailLength ? body[..DetailLength] : body.Trim();
        var text = response.Headers.TryGetValues("X-ClickHouse-Exception-Code", out var codes)
            ? codes.First()
            : CodeInText().Match(body).Groups[1].Value;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? ClickHouseException.Refused(code, detail)
            : ClickHouseException.Failed((int)response.StatusCode, detail);
    }

    private Uri AddressFor(string? database, string settings) =>
        new(_endpoint.Address, $"/?{(database is null ? "" : $"database={database}")}{settings}");

    private static StringContent Text(string statement) => new(statement, Encoding.UTF8);

    private static ReadOnlyMemoryContent Lines(ReadOnlyMemory<byte> lines) =>
        new(lines) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };

    private static Task<string> ReadTextAsync(HttpContent content, CancellationToken cancellationToken) =>
        content.ReadAsStringAsync(cancellationToken);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    [GeneratedRegex(@"Code:\s*(\d+)")]
    private static partial Regex CodeInText();
}
