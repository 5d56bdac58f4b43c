using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>
/// The files a configuration is made of, each read once, kept so that they can be hashed and watched.
/// </summary>
internal sealed class SourceFiles
{
    /// <summary>Far more than any configuration; a disk image given by mistake stops here.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<string> _paths = [];
    private readonly List<byte[]?> _contents = [];

    /// <summary>Every file that was asked for, whether it could be read or not.</summary>
    public IReadOnlyList<string> Paths => _paths;

    /// <summary>Names what was read: the same paths with the same content have the same fingerprint.</summary>
    public string Fingerprint => Digest(_contents);

    /// <summary>The fingerprint that reading the same paths would have now.</summary>
    public static string FingerprintNow(IReadOnlyList<string> paths) =>
        Digest(paths.Select(path => ReadBytes(path, out _)));

    /// <summary>Remembers a file that may be absent, so that its appearance is noticed.</summary>
    public void NoteAbsent(string path)
    {
        _paths.Add(path);
        _contents.Add(null);
    }

    /// <summary>Reads a file as text.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="fault">What is wrong, as the end of a sentence; null when nothing is.</param>
    /// <returns>The text; null when there is a fault.</returns>
    public string? ReadText(string path, out string? fault)
    {
        _paths.Add(path);
        var bytes = ReadBytes(path, out fault);
        _contents.Add(bytes);
        if (bytes is null)
            return null;

        try
        {
            return StrictUtf8.GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            fault = "is not UTF-8 text; save it as UTF-8.";
            return null;
        }
    }

    /// <summary>The bytes of a file, or why there are none.</summary>
    public static byte[]? ReadBytes(string path, out string? fault)
    {
        fault = null;
        try
        {
            using var file = File.OpenRead(path);
            var buffer = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length <= MaxBytes)
                return buffer[..length];
            fault = $"is larger than {MaxBytes / 1024 / 1024} MiB; give a configuration file.";
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            fault = "does not exist; create it or name another.";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            fault = "cannot be read; check that it is a file and that this user may read it.";
        }

        return null;
    }

    /// <summary>One hash of all that was read and of the variables that were asked for. It reveals neither.</summary>
    public string Hash(EnvironmentReading environment)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Fingerprint));
        foreach (var (name, value) in environment.Asked)
        {
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(value)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Digest(IEnumerable<byte[]?> contents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var content in contents)
            hash.AppendData(content is null ? [0] : SHA256.HashData(content));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
