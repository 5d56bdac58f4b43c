using System.Text.Json;
using LlmPlatform.Audit.Trail;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Audit.Search;

/// <summary>
/// <c>GET /admin/v1/audit/export</c>: the records that a search finds, oldest first, one JSON object a line, read and
/// written as a stream. The content stands in it byte for byte, so that its hash can be computed again elsewhere.
/// </summary>
internal static class ExportEndpoint
{
    private const int FlushBytes = 64 * 1024;

    public static void Map(RouteGroupBuilder admin) =>
        admin.MapGet("/audit/export", ExportAsync).OpenTo(KeyRole.TenantAdmin);

    private static async Task ExportAsync(
        [AsParameters] AuditQuery query, AdminOperator who, AuditDbContext database, HttpContext http)
    {
        if (!who.TryNarrow(query.Tenant, out var tenant, out var problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var records = (query with { Tenant = tenant }).Narrow(database.Records.AsNoTracking())
            .OrderBy(record => record.Sequence)
            .AsAsyncEnumerable();

        // The first record is read before the first byte leaves, so that a store that is away is still a 503.
        await using var next = records.GetAsyncEnumerator(http.RequestAborted);
        var more = await next.MoveNextAsync();
        http.Response.ContentType = "application/x-ndjson";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        for (var pending = 0L; more; more = await next.MoveNextAsync())
        {
            Write(json, next.Current);
            json.Flush();
            pending += json.BytesCommitted + 1;
            http.Response.BodyWriter.GetSpan(1)[0] = (byte)'\n';
            http.Response.BodyWriter.Advance(1);
            json.Reset();
            if (pending >= FlushBytes)
            {
                await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
                pending = 0;
            }
        }
    }

    private static void Write(Utf8JsonWriter json, AuditRecord record)
    {
        json.WriteStartObject();
        json.WriteNumber("sequence", record.Sequence);
        json.WriteString("previous_hash", Convert.ToHexStringLower(record.PreviousHash));
        json.WriteString("hash", Convert.ToHexStringLower(record.Hash));
        if (IsJson(record.Content))
        {
            json.WritePropertyName("content");
            json.WriteRawValue(record.Content, skipInputValidation: true);
        }
        else
        {
            json.WriteBase64String("content_base64", record.Content);
        }

        json.WriteEndObject();
    }

    /// <summary>False for a content that was damaged, which would damage every line after it.</summary>
    private static bool IsJson(ReadOnlySpan<byte> content)
    {
        if (content.Contains((byte)'\n'))
            return false;
        var reader = new Utf8JsonReader(content);
        try
        {
            while (reader.Read())
            {
                // Reading to the end is the check.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
