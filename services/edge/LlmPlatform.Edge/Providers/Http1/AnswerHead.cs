using System.Buffers.Text;
using System.Net;

namespace LlmPlatform.Edge.Providers.Http1;

/// <summary>The first line and the headers of an answer (RFC 9112).</summary>
internal static class AnswerHead
{
    private const int StatusLineBytes = 12;
    private const int Continue = 100;
    private const int SwitchingProtocols = 101;

    /// <summary>Takes the head out of what has come.</summary>
    /// <param name="buffer">What has come; what remains is the beginning of the body.</param>
    /// <param name="words">What the origin said before.</param>
    /// <param name="response">The answer without its body; what it says of it is noted on an empty content.</param>
    /// <param name="framing">How long the body is.</param>
    /// <returns>False when the head is not whole yet.</returns>
    /// <exception cref="InvalidDataException">It is no HTTP/1 answer.</exception>
    public static bool TryRead(
        PooledBuffer buffer, HeaderWords words, out HttpResponseMessage response, out AnswerFraming framing)
    {
        while (true)
        {
            response = null!;
            framing = default;
            var length = LengthOf(buffer.Span);
            if (length < 0)
            {
                return false;
            }

            var head = buffer.Span[..length];
            var status = ReadStatus(head, out var isOld);
            if (status is >= Continue and < 200 and not SwitchingProtocols)
            {
                // An interim answer: the one that counts comes behind it.
                buffer.Consume(length);
                continue;
            }

            response = new HttpResponseMessage((HttpStatusCode)status) { Content = new AnswerContent() };
            framing = ReadHeaders(head, words, response, isOld);
            buffer.Consume(length);
            return true;
        }
    }

    // The end of the head: an empty line, whose line ends may lack their carriage return.
    private static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end >= 0)
        {
            return end + 4;
        }

        end = bytes.IndexOf("\n\n"u8);
        return end < 0 ? -1 : end + 2;
    }

    private static int ReadStatus(ReadOnlySpan<byte> head, out bool isOld)
    {
        isOld = head.StartsWith("HTTP/1.0 "u8);
        if (head.Length < StatusLineBytes
            || !(isOld || head.StartsWith("HTTP/1.1 "u8))
            || !Utf8Parser.TryParse(head.Slice(9, 3), out int status, out var used)
            || used != 3 || status < Continue || status == SwitchingProtocols)
        {
            throw new InvalidDataException("What came is no answer in HTTP/1.1.");
        }

        return status;
    }

    private static AnswerFraming ReadHeaders(
        ReadOnlySpan<byte> head, HeaderWords words, HttpResponseMessage response, bool isOld)
    {
        var framing = new AnswerFraming { StaysOpen = !isOld };
        var next = 0;
        head = head[(head.IndexOf((byte)'\n') + 1)..];
        while (head.IndexOf((byte)'\n') is > 0 and var end)
        {
            var line = head[..end].TrimEnd((byte)'\r');
            head = head[(end + 1)..];
            if (line.IsEmpty)
            {
                break;
            }

            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[0] is (byte)' ' or (byte)'\t')
            {
                throw new InvalidDataException("A header of the answer has no name.");
            }

            var word = words.NameOf(line[..colon].TrimEnd(" \t"u8), ref next);
            var value = line[(colon + 1)..].Trim(" \t"u8);
            framing.Read(word.Bytes, value);
            var text = word.ValueOf(value);
            if (!response.Headers.TryAddWithoutValidation(word.Name, text))
            {
                ((AnswerContent)response.Content).Note(word.Name, text);
            }
        }

        framing.Decide((int)response.StatusCode);
        return framing;
    }
}
