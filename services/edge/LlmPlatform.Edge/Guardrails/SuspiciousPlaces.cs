using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmPlatform.Edge.Guardrails;

/// <summary>
/// The places of a text, in UTF-8, that may be personal data: an '@', a '+', digits behind two capitals, and digits
/// that go on long enough, with single signs between, to be a payment card. Prompts are long and full of numbers that
/// are none of it: 32 bytes are judged at a time.
/// </summary>
internal ref struct SuspiciousPlaces(ReadOnlySpan<byte> text)
{
    private const int Block = 32;

    private readonly ReadOnlySpan<byte> _text = text;
    private Signs _next = Signs.Of(text, 0);
    private int _from = -Block;
    private uint _left;

    // The last digit of the block before, and its last two capitals.
    private uint _digitBefore;
    private uint _capitalsBefore;

    /// <summary>The next place, or -1 when there is none.</summary>
    public int Next()
    {
        while (_left == 0)
        {
            _from += Block;
            if (_from >= _text.Length)
            {
                return -1;
            }

            Judge();
        }

        var at = _from + BitOperations.TrailingZeroCount(_left);
        _left &= _left - 1;
        return at;
    }

    private void Judge()
    {
        var signs = _next;
        _next = Signs.Of(_text, _from + Block);
        var afterOneCapital = (signs.Capitals << 1) | (_capitalsBefore >> 1);
        var afterTwo = afterOneCapital & ((signs.Capitals << 2) | _capitalsBefore);
        var begins = signs.Digits & ~((signs.Digits << 1) | _digitBefore);
        _left = signs.Marks | (signs.Digits & afterTwo);
        if (signs.Digits != 0)
        {
            _left |= begins & LongFrom(signs.Digits | ((ulong)_next.Digits << Block));
        }

        _digitBefore = signs.Digits >> (Block - 1);
        _capitalsBefore = signs.Capitals >> (Block - 2);
    }

    // Where 13 signs begin of which each is a digit or stands behind one: no card is shorter.
    private static uint LongFrom(ulong digits)
    {
        var runs = digits | (digits << 1);
        runs &= runs >> 1;
        runs &= runs >> 2;
        runs &= runs >> 4;
        runs &= runs >> (PersonalData.MinCardDigits - 8);
        return (uint)runs;
    }

    // A bit for each byte of a block, the first the lowest; behind the text there is nothing.
    private readonly record struct Signs(uint Digits, uint Capitals, uint Marks)
    {
        public static Signs Of(ReadOnlySpan<byte> text, int from)
        {
            if (from + Block <= text.Length)
            {
                return Of(Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(text), (nuint)from));
            }

            if (from >= text.Length)
            {
                return default;
            }

            Span<byte> padded = stackalloc byte[Block];
            padded.Clear();
            text[from..].CopyTo(padded);
            return Of(Vector256.Create<byte>(padded));
        }

        private static Signs Of(Vector256<byte> block)
        {
            var marks = Vector256.Equals(block, Vector256.Create((byte)'@'))
                | Vector256.Equals(block, Vector256.Create((byte)'+'));
            return new Signs(
                Within(block, (byte)'0', 10), Within(block, (byte)'A', 26), marks.ExtractMostSignificantBits());
        }

        private static uint Within(Vector256<byte> block, byte first, byte count) =>
            Vector256.LessThan(block - Vector256.Create(first), Vector256.Create(count)).ExtractMostSignificantBits();
    }
}
