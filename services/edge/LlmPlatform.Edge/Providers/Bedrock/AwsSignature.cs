using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>
/// Signs requests to AWS with Signature Version 4, in the headers. The host, the content type, the time and the body
/// are signed; any other header may be added or changed on the way.
/// </summary>
internal sealed class AwsSignature(AwsKeys keys, string region, string service, TimeProvider clock)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    // A key serves one day (in UTC); it is derived anew after midnight. Whoever comes first writes it.
    private DayKey? _dayKey;

    /// <summary>Puts the time, the session and the signature on a request.</summary>
    /// <param name="request">With its address and content; it has no query.</param>
    /// <param name="body">The content.</param>
    public void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body)
    {
        var time = clock.GetUtcNow();
        var stamp = time.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var headers = new List<(string Name, string Value)>(4);
        if (TypeOf(request.Content) is { } type)
        {
            headers.Add(("content-type", type));
        }

        headers.Add(("host", HostOf(request.RequestUri!)));
        headers.Add(("x-amz-date", stamp));
        request.Headers.TryAddWithoutValidation("X-Amz-Date", stamp);
        if (keys.SessionToken is { } session)
        {
            headers.Add(("x-amz-security-token", session));
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", session);
        }

        var authorization = Authorize(request.Method.Method, request.RequestUri!.AbsolutePath, headers, body, time);
        request.Headers.Authorization = new AuthenticationHeaderValue(Algorithm, authorization);
    }

    /// <summary>What stands in the <c>Authorization</c> header behind the name of the algorithm.</summary>
    /// <param name="method">In capitals.</param>
    /// <param name="path">As it is sent.</param>
    /// <param name="headers">Those to sign, in lower case and in the order of their names.</param>
    /// <param name="body">The content.</param>
    /// <param name="time">What <c>X-Amz-Date</c> says.</param>
    internal string Authorize(
        string method,
        string path,
        IReadOnlyList<(string Name, string Value)> headers,
        ReadOnlySpan<byte> body,
        DateTimeOffset time)
    {
        var stamp = time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var day = stamp[..8];
        var scope = $"{day}/{region}/{service}/aws4_request";
        var signed = string.Join(';', headers.Select(header => header.Name));
        var canonical = new StringBuilder(512);
        canonical.Append(method).Append('\n');
        AppendEncoded(canonical, path);
        canonical.Append("\n\n");
        foreach (var (name, value) in headers)
        {
            canonical.Append(name).Append(':');
            AppendTrimmed(canonical, value);
            canonical.Append('\n');
        }

        canonical.Append('\n').Append(signed).Append('\n').Append(Hash(body));
        var toSign = $"{Algorithm}\n{stamp}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(canonical.ToString()))}";
        var signature = HMACSHA256.HashData(KeyOf(day), Encoding.UTF8.GetBytes(toSign));
        return $"Credential={keys.AccessKeyId}/{scope}, SignedHeaders={signed}, "
            + $"Signature={Convert.ToHexStringLower(signature)}";
    }

    private byte[] KeyOf(string day)
    {
        if (Volatile.Read(ref _dayKey) is { } known && known.Day == day)
        {
            return known.Key;
        }

        var key = Encoding.UTF8.GetBytes($"AWS4{keys.SecretAccessKey}");
        foreach (var part in new[] { day, region, service, "aws4_request" })
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        Volatile.Write(ref _dayKey, new DayKey(day, key));
        return key;
    }

    // A call's content is given its type when it is written.
    private static string? TypeOf(HttpContent? content) =>
        content is RequestContent ? RequestContent.Type : content?.Headers.ContentType?.ToString();

    // As HTTP sends it: the port only where it is not the scheme's own.
    private static string HostOf(Uri address) =>
        address.IsDefaultPort ? address.IdnHost : $"{address.IdnHost}:{address.Port}";

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    // What is encoded in the path already is encoded once more: all services but S3 count on that.
    private static void AppendEncoded(StringBuilder text, string path)
    {
        foreach (var value in Encoding.UTF8.GetBytes(path))
        {
            if (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'/' or (byte)'-' or (byte)'.' or (byte)'_'
                or (byte)'~')
            {
                text.Append((char)value);
            }
            else
            {
                text.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
            }
        }
    }

    // Without spaces at the ends, and with one where there are several.
    private static void AppendTrimmed(StringBuilder text, string value)
    {
        var last = ' ';
        foreach (var sign in value.Trim(' '))
        {
            if (sign != ' ' || last != ' ')
            {
                text.Append(sign);
            }

            last = sign;
        }
    }

    private sealed record DayKey(string Day, byte[] Key);
}
