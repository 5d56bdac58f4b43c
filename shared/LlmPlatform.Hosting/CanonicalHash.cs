using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Hosting;

/// <summary>
/// A hash of what stands in a store, of lines in one order whatever order they are given in: the same facts always give
/// the same. What <c>--rebuild</c> prints.
/// </summary>
public sealed class CanonicalHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The hash of one set of lines, SHA-256 in hex.</summary>
    public static string Of(IEnumerable<string> lines)
    {
        using var hash = new CanonicalHash();
        hash.Append(lines);
        return hash.Finish();
    }

    /// <summary>
    /// Appends lines, sorted among themselves: who has more than memory holds gives them in parts whose order is always
    /// the same.
    /// </summary>
    public void Append(IEnumerable<string> lines)
    {
        foreach (var line in lines.Order(StringComparer.Ordinal))
        {
            _hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        }
    }

    /// <summary>SHA-256 of all that was appended, in hex.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    /// <inheritdoc />
    public void Dispose() => _hash.Dispose();
}
