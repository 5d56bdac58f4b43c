using System.Text;
using System.Text.RegularExpressions;

namespace LlmPlatform.TestKit.Sinks;

/// <summary>A mail as it was handed over.</summary>
/// <param name="From">The envelope's sender.</param>
/// <param name="Recipients">The envelope's recipients.</param>
/// <param name="Raw">Headers and body as sent, dots unstuffed, every byte one Latin-1 character.</param>
public sealed partial record SmtpMessage(string From, IReadOnlyList<string> Recipients, string Raw)
{
    /// <summary>The decoded subject.</summary>
    public string Subject => EncodedWord().Replace(Header("Subject"), DecodeWord);

    /// <summary>The decoded body of a mail in one part; the parts as they were sent, of a mail in several.</summary>
    public string Body
    {
        get
        {
            var body = Raw[(HeadLength() + 4)..];
            return Header("Content-Transfer-Encoding").ToUpperInvariant() switch
            {
                "BASE64" => Encoding.UTF8.GetString(Convert.FromBase64String(body)),
                "QUOTED-PRINTABLE" => Unquote(SoftLineBreak().Replace(body, "")),
                _ => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body)),
            };
        }
    }

    /// <summary>The decoded text: of a mail in several parts the first, which is the plain one.</summary>
    public string Text
    {
        get
        {
            if (Boundary().Match(Header("Content-Type")) is not { Success: true } boundary)
                return Body;
            var part = Raw.Split("--" + boundary.Groups["text"].Value)[1];
            return new SmtpMessage(From, Recipients, part.Trim('\r', '\n')).Text;
        }
    }

    /// <summary>What is attached, by the name of its file.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => !Header("Content-Type").StartsWith("multipart/mixed")
        ? new Dictionary<string, byte[]>()
        : Raw.Split("--" + Boundary().Match(Header("Content-Type")).Groups["text"].Value)[1..^1]
            .Select(part => new SmtpMessage(From, Recipients, part.Trim('\r', '\n')))
            .Where(part => FileName().IsMatch(part.Header("Content-Disposition")))
            .ToDictionary(
                part => FileName().Match(part.Header("Content-Disposition")).Groups["name"].Value,
                part => Convert.FromBase64String(part.Raw[(part.HeadLength() + 4)..]));

    /// <summary>A header, unfolded; empty when it is not there.</summary>
    public string Header(string name)
    {
        var unfolded = Fold().Replace(Raw[..HeadLength()], " ");
        var line = unfolded.Split("\r\n").FirstOrDefault(
            header => header.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));
        return line is null ? "" : line[(name.Length + 1)..].Trim();
    }

    private int HeadLength() => Raw.IndexOf("\r\n\r\n", StringComparison.Ordinal);

    private static string DecodeWord(Match word)
    {
        var text = word.Groups["text"].Value;
        return word.Groups["kind"].Value is "B" or "b"
            ? Encoding.UTF8.GetString(Convert.FromBase64String(text))
            : Unquote(text.Replace('_', ' '));
    }

    private static string Unquote(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '=')
            {
                bytes.Add(Convert.ToByte(text.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                bytes.Add((byte)text[i]);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    // Blanks between two encoded words are not part of the text.
    [GeneratedRegex(@"=\?utf-8\?(?<kind>[BbQq])\?(?<text>[^?]*)\?=(\s+(?==\?))?", RegexOptions.IgnoreCase)]
    private static partial Regex EncodedWord();

    [GeneratedRegex("boundary=\"?(?<text>[^\";]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Boundary();

    [GeneratedRegex("filename=\"(?<name>[^\"]+)\"")]
    private static partial Regex FileName();

    [GeneratedRegex(@"\r\n[ \t]+")]
    private static partial Regex Fold();

    [GeneratedRegex(@"=\r\n")]
    private static partial Regex SoftLineBreak();
}
