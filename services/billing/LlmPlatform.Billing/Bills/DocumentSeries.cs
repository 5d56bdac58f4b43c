using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LlmPlatform.Billing.Bills;

/// <summary>
/// Numbers without gaps and the chain of hashes of what they number. The row of a series is locked until the caller's
/// transaction ends: a number is taken only together with its document.
/// </summary>
internal static class DocumentSeries
{
    /// <summary>Takes the next number of a series, and says the hash of the document before.</summary>
    public static async Task<(string Number, string? PreviousHash)> NextAsync(
        BillingDbContext database, string series, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO billing.document_series AS known (series, last_number) VALUES ($1, 1)
            ON CONFLICT (series) DO UPDATE SET last_number = known.last_number + 1
            RETURNING last_number, last_hash
            """,
            (NpgsqlConnection)database.Database.GetDbConnection());
        command.Parameters.Add(new NpgsqlParameter { Value = series });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var number = row.GetInt64(0).ToString("D6", CultureInfo.InvariantCulture);
        return ($"{series}-{number}", await row.IsDBNullAsync(1, cancellationToken) ? null : row.GetString(1));
    }

    /// <summary>Ends the chain, for now, with a document's hash.</summary>
    public static Task<int> ChainAsync(
        BillingDbContext database, string series, string hash, CancellationToken cancellationToken) =>
        database.Database.ExecuteSqlAsync(
            $"UPDATE billing.document_series SET last_hash = {hash} WHERE series = {series}", cancellationToken);
}
