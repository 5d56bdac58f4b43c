using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Money;

/// <summary>
/// The deterministic ids of events (UUIDv5, RFC 9562 section 5.5): every path that can produce a fact, the normal one,
/// a retry, a recovery after a crash, produces the same id for it.
/// </summary>
public static class EventIdentity
{
    private static readonly Guid UsageNamespace = new("6f3c5d1e-6c0b-5b7e-9d52-0c7d8b7a1f01");
    private static readonly Guid RequestNamespace = new("6f3c5d1e-6c0b-5b7e-9d52-0c7d8b7a1f02");
    private static readonly Guid NameNamespace = new("6f3c5d1e-6c0b-5b7e-9d52-0c7d8b7a1f03");

    /// <summary>The id of one billable part of one attempt of a request.</summary>
    public static Guid Usage(Guid requestId, int attempt, int part)
    {
        Span<byte> name = stackalloc byte[24];
        requestId.TryWriteBytes(name, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(name[16..], attempt);
        BinaryPrimitives.WriteInt32BigEndian(name[20..], part);
        return Create(UsageNamespace, name);
    }

    /// <summary>The id of a request's completion.</summary>
    public static Guid Completion(Guid requestId)
    {
        Span<byte> name = stackalloc byte[16];
        requestId.TryWriteBytes(name, bigEndian: true, out _);
        return Create(RequestNamespace, name);
    }

    /// <summary>The id of anything that a text names for ever, for example a budget and one of its periods.</summary>
    public static Guid Named(string name) => Create(NameNamespace, Encoding.UTF8.GetBytes(name));

    private static Guid Create(Guid space, ReadOnlySpan<byte> name)
    {
        var data = name.Length <= 256 ? stackalloc byte[16 + name.Length] : new byte[16 + name.Length];
        space.TryWriteBytes(data, bigEndian: true, out _);
        name.CopyTo(data[16..]);

        // Version 5 is defined over SHA-1; it names, it does not protect.
        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350
        SHA1.HashData(data, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
