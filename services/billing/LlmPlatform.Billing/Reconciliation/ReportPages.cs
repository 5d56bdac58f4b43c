using System.Runtime.CompilerServices;
using System.Text.Json;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>Reads a report page by page: both vendors say <c>data</c>, <c>has_more</c> and <c>next_page</c>.</summary>
internal sealed class ReportPages(IHttpClientFactory clients, ReconciliationOptions options, TimeProvider clock)
{
    /// <summary>Each result of each bucket, with its bucket.</summary>
    /// <param name="address">The report with its question, page left out.</param>
    /// <param name="headers">Who asks.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public async IAsyncEnumerable<(JsonElement Bucket, JsonElement Result)> ReadAsync(
        string address,
        IReadOnlyDictionary<string, string> headers,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        for (var page = 0; ; page++)
        {
            if (page >= options.MaxPages)
            {
                throw new ReportUnavailableException($"The report has more than {options.MaxPages} pages.");
            }

            var url = next is null ? address : $"{address}&page={Uri.EscapeDataString(next)}";
            var answer = await GetAsync(new Uri(url), headers, cancellationToken);
            foreach (var bucket in answer.GetProperty("data").EnumerateArray())
            {
                foreach (var result in bucket.GetProperty("results").EnumerateArray())
                {
                    yield return (bucket, result);
                }
            }

            next = answer.TryGetProperty("has_more", out var more) && more.ValueKind == JsonValueKind.True
                ? answer.GetProperty("next_page").GetString()
                : null;
            if (next is null)
            {
                yield break;
            }
        }
    }

    private async Task<JsonElement> GetAsync(
        Uri url, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(nameof(ReportPages));
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var patience = new CancellationTokenSource(options.PageTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var response = await client.SendAsync(request, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw new ReportUnavailableException(
                    $"{url.AbsolutePath} was answered {(int)response.StatusCode}: the key must be an administrator's.");
            }

            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            using var document = await JsonDocument.ParseAsync(body, default, either.Token);
            return document.RootElement.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array
                ? document.RootElement.Clone()
                : throw new ReportUnavailableException($"{url.AbsolutePath} answered something that has no data.");
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ReportUnavailableException(
                $"{url.AbsolutePath} at {url.Host} gave no report ({fault.GetType().Name}).", fault);
        }
    }
}
