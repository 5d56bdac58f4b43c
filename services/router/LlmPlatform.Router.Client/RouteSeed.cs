using System.Buffers.Binary;

namespace LlmPlatform.Router.Client;

/// <summary>The chance of a call follows from its id, so that what became of it can be explained afterwards.</summary>
public static class RouteSeed
{
    /// <summary>The last 32 bits of the id, which are random in a UUIDv7.</summary>
    /// <param name="requestId">The gateway's request id, as in <c>X-Request-Id</c>.</param>
    public static uint Of(Guid requestId)
    {
        Span<byte> bytes = stackalloc byte[16];
        requestId.TryWriteBytes(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
    }

    /// <summary>A number that is the same for the same text, on every machine: FNV-1a, 64 bits.</summary>
    /// <param name="text">Any bytes.</param>
    public static ulong HashOf(ReadOnlySpan<byte> text)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in text)
            hash = (hash ^ letter) * 1099511628211UL;
        return hash;
    }

    internal static ulong HashOf(string provider, string model)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in provider)
            hash = (hash ^ letter) * 1099511628211UL;
        hash = (hash ^ 0xFFFF) * 1099511628211UL;
        foreach (var letter in model)
            hash = (hash ^ letter) * 1099511628211UL;
        return hash;
    }

    internal static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
