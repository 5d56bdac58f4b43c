using System.Security.Cryptography;
using System.Text.Json;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Whose sequences a lane counts. The id is random and lives in the lane's directory, so that a machine's name, or a
/// copy of an image, never makes two edges one. The two lanes have different ids: each counts for itself.
/// </summary>
/// <param name="EdgeId">The id.</param>
/// <param name="Epoch">From 1; the next one begins when it is not certain which sequences the last one has
/// used.</param>
internal sealed record SpoolIdentity(Guid EdgeId, long Epoch)
{
    private const string FileName = "spool.id";

    /// <summary>What the directory says of itself; null when it says nothing that can be read.</summary>
    public static SpoolIdentity? Read(string directory)
    {
        try
        {
            var text = File.ReadAllBytes(Path.Combine(directory, FileName));
            var known = JsonSerializer.Deserialize(text, SpoolJson.Default.SpoolIdentity);
            return known is { Epoch: > 0 } ? known : null;
        }
        catch (Exception unreadable) when (unreadable is FileNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Who goes on in a directory: the same when its file and its newest segment agree, or when the file lags behind by
    /// the step that follows a new segment. In every other case sequences may have been used that nobody remembers, and
    /// an epoch begins in which none has.
    /// </summary>
    public static SpoolIdentity Continue(SpoolIdentity? file, SpoolIdentity? newestSegment)
    {
        if (file is null && newestSegment is null)
        {
            return new SpoolIdentity(new Guid(RandomNumberGenerator.GetBytes(16)), 1);
        }

        if (file is not null && newestSegment is not null
            && file.EdgeId == newestSegment.EdgeId && file.Epoch <= newestSegment.Epoch)
        {
            return newestSegment;
        }

        var epoch = Math.Max(file?.Epoch ?? 0, newestSegment?.Epoch ?? 0) + 1;
        return new SpoolIdentity((file ?? newestSegment)!.EdgeId, epoch);
    }

    /// <summary>Keeps it in the directory, whole or not at all.</summary>
    public void Write(string directory)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(this, SpoolJson.Default.SpoolIdentity);
        DurableFile.Replace(Path.Combine(directory, FileName), content);
    }
}
