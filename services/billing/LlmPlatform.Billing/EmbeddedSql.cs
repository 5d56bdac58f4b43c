using System.Text;

namespace LlmPlatform.Billing;

/// <summary>Statements that are files of this service.</summary>
internal static class EmbeddedSql
{
    /// <summary>A file's text.</summary>
    /// <param name="name">Folder and file, joined by a dot: <c>Ledger.ledger.sql</c>.</param>
    public static string Read(string name)
    {
        using var stream = typeof(EmbeddedSql).Assembly.GetManifestResourceStream($"LlmPlatform.Billing.{name}")
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
