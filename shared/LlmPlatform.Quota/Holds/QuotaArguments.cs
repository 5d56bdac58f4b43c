using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Quota;

/// <summary>Writes keys and ids without making strings of them.</summary>
internal static class QuotaArguments
{
    private const int IdLength = 32;
    private const int KeyLengthMax = 512;
    private const int SecretIdLengthMax = 64;

    internal static RedisArguments HoldKey(this RedisArguments arguments, Guid requestId) =>
        IdKey(arguments, QuotaKeys.HoldPrefix, requestId);

    internal static RedisArguments MarkerKey(this RedisArguments arguments, Guid eventId) =>
        IdKey(arguments, QuotaKeys.MarkerPrefix, eventId);

    internal static RedisArguments SecretKey(this RedisArguments arguments, string secretId)
    {
        var prefix = QuotaKeys.SecretPrefix;
        Span<byte> key = stackalloc byte[prefix.Length + SecretIdLengthMax];
        prefix.CopyTo(key);
        return arguments.Key(key[..(prefix.Length + Encoding.ASCII.GetBytes(secretId, key[prefix.Length..]))]);
    }

    internal static RedisArguments BudgetKey(this RedisArguments arguments, string budgetId, string periodId)
    {
        Span<byte> key = stackalloc byte[KeyLengthMax];
        QuotaKeys.Check(budgetId);
        return Utf8.TryWrite(key, $"b:{{q}}:{budgetId}:{periodId}", out var written)
            ? arguments.Key(key[..written])
            : arguments.Key(QuotaKeys.Budget(budgetId, periodId));
    }

    internal static RedisArguments Id(this RedisArguments arguments, Guid id)
    {
        Span<byte> text = stackalloc byte[IdLength];
        id.TryFormat(text, out _, "N");
        return arguments.Argument(text);
    }

    /// <summary>The field of <c>seed:{q}</c> that a spool has: its id and epoch.</summary>
    internal static RedisArguments SpoolField(this RedisArguments arguments, in UsageOrigin origin)
    {
        Span<byte> text = stackalloc byte[IdLength + 21];
        origin.EdgeId.TryFormat(text, out _, "N");
        text[IdLength] = (byte)':';
        origin.Epoch.TryFormat(text[(IdLength + 1)..], out var digits, provider: CultureInfo.InvariantCulture);
        return arguments.Argument(text[..(IdLength + 1 + digits)]);
    }

    /// <summary>An argument of several numbers, as struct.unpack reads them: doubles, big end first.</summary>
    internal static RedisArguments Numbers(this RedisArguments arguments, ReadOnlySpan<double> numbers)
    {
        Span<byte> packed = stackalloc byte[sizeof(double) * numbers.Length];
        Pack(numbers, packed);
        return arguments.Argument(packed);
    }

    internal static byte[] Pack(ReadOnlySpan<double> numbers)
    {
        var packed = new byte[sizeof(double) * numbers.Length];
        Pack(numbers, packed);
        return packed;
    }

    internal static RedisArguments RateKey(this RedisArguments arguments, in RateCounter counter)
    {
        if (counter.Subject is not { } subject)
            return arguments.Key(counter.Rule.Key);

        // A user's name may come from a token; however long it is, it stays apart from others.
        var parts = counter.Tenant is { } tenant ? $"{tenant}/{subject}" : subject;
        Span<byte> key = stackalloc byte[KeyLengthMax];
        var prefix = counter.Rule.Key;
        prefix.CopyTo(key);
        key[prefix.Length] = (byte)':';
        return Encoding.UTF8.TryGetBytes(parts, key[(prefix.Length + 1)..], out var written)
            ? arguments.Key(key[..(prefix.Length + 1 + written)])
            : arguments.Key([.. prefix, (byte)':', .. Encoding.UTF8.GetBytes(parts)]);
    }

    private static void Pack(ReadOnlySpan<double> numbers, Span<byte> packed)
    {
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteDoubleBigEndian(packed[(sizeof(double) * i)..], numbers[i]);
    }

    private static RedisArguments IdKey(RedisArguments arguments, ReadOnlySpan<byte> prefix, Guid id)
    {
        Span<byte> key = stackalloc byte[prefix.Length + IdLength];
        prefix.CopyTo(key);
        id.TryFormat(key[prefix.Length..], out _, "N");
        return arguments.Key(key);
    }
}
