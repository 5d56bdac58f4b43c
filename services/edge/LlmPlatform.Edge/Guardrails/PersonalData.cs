using System.Buffers;
using System.Text.Json;

namespace LlmPlatform.Edge.Guardrails;

/// <summary>
/// Whether a request holds personal data, for rules that route by it: an e-mail address, a telephone number in
/// international form, an IBAN or a payment card, the last two by their check digits. It looks at every text of the
/// body that is no picture or file; it misses what has no form, such as names.
/// </summary>
internal static class PersonalData
{
    /// <summary>No payment card has fewer.</summary>
    public const int MinCardDigits = 13;

    private const int MaxDigits = 19;
    private const int MinPhoneDigits = 8;
    private const int MaxPhoneDigits = 15;
    private const int MinIbanLength = 15;
    private const int MaxIbanLength = 34;

    /// <summary>Looks through a body that is known to be JSON.</summary>
    public static bool IsIn(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.String && !reader.ValueSpan.StartsWith("data:"u8)
                && IsInText(in reader))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Looks through one text, in UTF-8.</summary>
    public static bool IsInText(ReadOnlySpan<byte> text)
    {
        var places = new SuspiciousPlaces(text);
        for (var at = places.Next(); at >= 0; at = places.Next())
        {
            if (text[at] == '@' ? IsAddress(text, at) : text[at] == '+' ? IsPhone(text[(at + 1)..])
                : IsCard(text, at) || IsIban(text, at))
            {
                return true;
            }
        }

        return false;
    }

    // Escapes are undone, so that none hides an address; most texts have none and are looked at in place.
    private static bool IsInText(in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return IsInText(reader.ValueSpan);
        }

        var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            return IsInText(rented.AsSpan(0, reader.CopyString(rented)));
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: whoever reads the text for its meaning says so.
            return IsInText(reader.ValueSpan);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    private static bool IsAddress(ReadOnlySpan<byte> text, int at)
    {
        if (at == 0 || !IsWordSign(text[at - 1]))
        {
            return false;
        }

        var domain = text[(at + 1)..];
        var length = 0;
        while (length < domain.Length && (IsWordSign(domain[length]) || domain[length] == '.'))
        {
            length++;
        }

        domain = domain[..length].TrimEnd((byte)'.');
        var dot = domain.LastIndexOf((byte)'.');
        return dot > 0 && domain.Length - dot > 2 && char.IsAsciiLetter((char)domain[dot + 1]);
    }

    private static bool IsWordSign(byte sign) =>
        char.IsAsciiLetterOrDigit((char)sign) || sign is (byte)'_' or (byte)'-' or (byte)'%' or >= 0x80;

    private static bool IsPhone(ReadOnlySpan<byte> text)
    {
        var digits = 0;
        foreach (var sign in text)
        {
            if (char.IsAsciiDigit((char)sign))
            {
                digits++;
            }
            else if (digits == 0 || sign is not ((byte)' ' or (byte)'-' or (byte)'(' or (byte)')' or (byte)'.'
                or (byte)'/'))
            {
                break;
            }
        }

        return digits is >= MinPhoneDigits and <= MaxPhoneDigits;
    }

    // Groups of digits with a blank or a dash between; Luhn's sum decides.
    private static bool IsCard(ReadOnlySpan<byte> text, int at)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        var count = 0;
        for (var i = at; i < text.Length; i++)
        {
            if (char.IsAsciiDigit((char)text[i]))
            {
                if (count == MaxDigits)
                {
                    return false;
                }

                digits[count++] = (byte)(text[i] - '0');
            }
            else if (text[i] is not ((byte)' ' or (byte)'-') || i + 1 == text.Length
                || !char.IsAsciiDigit((char)text[i + 1]))
            {
                break;
            }
        }

        return count >= MinCardDigits && digits[0] is >= 2 and <= 6 && PassesLuhn(digits[..count]);
    }

    private static bool PassesLuhn(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)];
            var doubled = digit * 2;
            sum += i % 2 == 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
        }

        return sum % 10 == 0;
    }

    // Two capitals before two check digits; the whole is 1 modulo 97 with the four moved to the end.
    private static bool IsIban(ReadOnlySpan<byte> text, int at)
    {
        if (at < 2 || at + 1 >= text.Length || !IsCapital(text[at - 1]) || !IsCapital(text[at - 2])
            || (at > 2 && char.IsAsciiLetterOrDigit((char)text[at - 3])))
        {
            return false;
        }

        Span<byte> signs = stackalloc byte[MaxIbanLength];
        var count = 0;
        for (var i = at - 2; i < text.Length && count < MaxIbanLength; i++)
        {
            if (IsCapital(text[i]) || char.IsAsciiDigit((char)text[i]))
            {
                signs[count++] = text[i];
            }
            else if (text[i] != ' ')
            {
                break;
            }
        }

        for (var length = count; length >= MinIbanLength; length--)
        {
            if (Remainder(signs[..length]) == 1)
            {
                return true;
            }
        }

        return false;
    }

    private static int Remainder(ReadOnlySpan<byte> iban)
    {
        var remainder = 0;
        for (var i = 0; i < iban.Length; i++)
        {
            var sign = iban[(i + 4) % iban.Length];
            remainder = char.IsAsciiDigit((char)sign)
                ? ((remainder * 10) + (sign - '0')) % 97
                : ((remainder * 100) + (sign - 'A' + 10)) % 97;
        }

        return remainder;
    }

    private static bool IsCapital(byte sign) => sign is >= (byte)'A' and <= (byte)'Z';
}
