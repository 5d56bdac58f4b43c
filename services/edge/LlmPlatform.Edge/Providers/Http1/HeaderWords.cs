using System.Text;

namespace LlmPlatform.Edge.Providers.Http1;

/// <summary>
/// The names of the headers that one origin sends, and what it said under each the last time: an origin says nearly the
/// same with every answer, and strings that are there need not be made. Thread-safe; wrong guesses cost only the guess.
/// </summary>
internal sealed class HeaderWords
{
    private const int MostNames = 64;
    private const int MostKeptBytes = 96;

    // A name whose value is new so often is not worth keeping a value of.
    private const int MostMisses = 16;

    private readonly Lock _gate = new();
    private volatile Word[] _words = [];

    /// <summary>The name of a header.</summary>
    /// <param name="bytes">As it came.</param>
    /// <param name="next">Where to look first; moved behind what is found: headers come in the same order.</param>
    public Word NameOf(ReadOnlySpan<byte> bytes, ref int next)
    {
        var words = _words;
        for (var tried = 0; tried < words.Length; tried++)
        {
            var index = (next + tried) % words.Length;
            if (words[index].Bytes.AsSpan().SequenceEqual(bytes))
            {
                next = index + 1;
                return words[index];
            }
        }

        return Add(bytes);
    }

    private Word Add(ReadOnlySpan<byte> bytes)
    {
        var word = new Word(bytes.ToArray());
        lock (_gate)
        {
            if (_words.Length < MostNames && bytes.Length <= MostKeptBytes)
            {
                _words = [.. _words, word];
            }
        }

        return word;
    }

    /// <summary>A name, and its last value.</summary>
    internal sealed class Word(byte[] bytes)
    {
        private Said? _last;
        private int _misses;

        /// <summary>As it came.</summary>
        public byte[] Bytes { get; } = bytes;

        /// <summary>As a string.</summary>
        public string Name { get; } = Encoding.Latin1.GetString(bytes);

        /// <summary>A value of it.</summary>
        public string ValueOf(ReadOnlySpan<byte> bytes)
        {
            if (Volatile.Read(ref _last) is { } last && last.Bytes.AsSpan().SequenceEqual(bytes))
            {
                return last.Text;
            }

            var text = Encoding.Latin1.GetString(bytes);
            if (_misses < MostMisses && bytes.Length <= MostKeptBytes)
            {
                _misses++;
                Volatile.Write(ref _last, new Said(bytes.ToArray(), text));
            }

            return text;
        }

        private sealed record Said(byte[] Bytes, string Text);
    }
}
