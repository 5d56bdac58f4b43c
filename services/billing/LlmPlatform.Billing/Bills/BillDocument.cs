using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmPlatform.Billing.Bills;

/// <summary>A bill as the text that is stored, hashed and made into documents.</summary>
internal static class BillDocument
{
    private static readonly JsonSerializerOptions Canonical = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(Bill bill) => JsonSerializer.Serialize(bill, Canonical);

    public static Bill Read(string document) => JsonSerializer.Deserialize<Bill>(document, Canonical)!;

    /// <summary>SHA-256, hexadecimal.</summary>
    public static string HashOf(string document) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document)));
}
