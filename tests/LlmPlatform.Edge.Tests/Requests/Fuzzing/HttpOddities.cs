using System.Text;

namespace LlmPlatform.Edge.Tests.Requests.Fuzzing;

/// <summary>
/// Requests whose body is good and whose HTTP is not: lengths that do not agree, chunks that are none, headers that
/// hide others, addresses that wander.
/// </summary>
internal static class HttpOddities
{
    private static readonly string[] _headers =
    [
        "Authorization: Basic YTpi", "Authorization: Bearer", "Authorization: Bearer Bearer x", "Authorization: \t",
        "x-api-key: sk-nobody", "X-Request-Id: ../../etc/passwd", "traceparent: 00-zz-zz-zz", "Accept-Encoding: br;q=x",
        "X-Forwarded-For: 127.0.0.1, ::1", "X-Forwarded-Host: evil.example", "Forwarded: for=_x;host=evil.example",
        "Connection: keep-alive, X-Request-Id", "Upgrade: websocket", "Idempotency-Key: \t", "Idempotency-Key: shared",
        "Origin: https://evil.example", "Access-Control-Request-Method: POST",
        "Expect: 100-continue", "Content-Encoding: gzip", "Range: bytes=0-1", "If-None-Match: *",
        "X-HTTP-Method-Override: GET", "Cookie: a=b; a=b", "anthropic-version: tomorrow", "anthropic-beta: x,,y",
        "OpenAI-Organization: " + "o",
    ];

    // Over most of these the server itself stumbles: what it answers, if it does, is bare.
    private static readonly string[] _broken =
    [
        "Content-Length: -1", "Content-Length: 1e3", "Content-Length: 99999999999999999999", "Content-Length : 5",
        "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked, identity", "Transfer-Encoding: chunked",
        "Transfer-Encoding:\u000bchunked", "X: a\u0000b", " X: folded", "X\r\nY: b", "NoColon", ": no name",
        "Host: other.example", "Bad Name: x", "X: a\rb", "\u00ff: x", "X: \u00ff", "x-api-key: sk-\u00ff",
    ];

    private static readonly string[] _addresses =
    [
        "{0}/", "{0}//", "/{0}", "{0}?key=x&%00", "{0}%2f..%2f..%2fadmin%2fv1%2fkeys", "/v1/../admin/v1/keys",
        "/v1/%2e%2e/admin/v1/keys", "{0}/%ff%fe", "{0};a=b", "{0}#x", "/v1/nothing/of/this/name", "/v1/", "/V1/MODELS",
        "/v1/models/%00", "/v1/models/..%5c..", "/v1/responses/x", "/v1/responses/%00",
        "/v1/responses/resp_1/cancel", "/v1/messages/batches", "/v1/models/" + "a%2fb",
    ];

    private static readonly string[] _methods = ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW", "post"];

    public static FuzzedRequest Of(Random random, FuzzedRoute route, byte[] body) => random.Next(6) switch
    {
        0 => Header(random, route, body),
        1 => Broken(random, route, body),
        2 => Address(random, route, body),
        3 => Method(random, route, body),
        4 => Chunks(random, route, body),
        _ => Length(random, route, body),
    };

    /// <summary>A request line and headers before a body.</summary>
    public static byte[] Request(string method, string target, string key, byte[] body, params string[] headers)
    {
        var head = new StringBuilder()
            .Append(method).Append(' ').Append(target).Append(" HTTP/1.1\r\nHost: edge.test\r\nConnection: close\r\n");
        if (key.Length > 0)
            head.Append("Authorization: Bearer ").Append(key).Append("\r\n");
        foreach (var header in headers)
            head.Append(header).Append("\r\n");
        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    private static string LengthOf(byte[] body) => $"Content-Length: {body.Length}";

    private static FuzzedRequest Header(Random random, FuzzedRoute route, byte[] body)
    {
        var header = random.Next(8) switch
        {
            0 => "X-Long: " + new string('l', random.Next(1, 20_000)),
            1 => string.Join("\r\n", Enumerable.Range(0, random.Next(1, 60)).Select(number => $"X-{number}: x")),
            _ => _headers[random.Next(_headers.Length)],
        };
        var key = header.StartsWith("Authorization", StringComparison.Ordinal) ? "" : Landscape.Open;
        return new FuzzedRequest(
            route.Path, Request("POST", route.Path, key, body, LengthOf(body), header), "an odd header");
    }

    private static FuzzedRequest Broken(Random random, FuzzedRoute route, byte[] body)
    {
        var header = random.Next(8) == 0
            ? "X-Long: " + new string('l', 70_000)
            : _broken[random.Next(_broken.Length)];
        string[] headers = random.Next(2) == 0 ? [LengthOf(body), header] : [header, LengthOf(body)];
        return new FuzzedRequest(
            route.Path, Request("POST", route.Path, Landscape.Open, body, headers), "a broken header")
        {
            IsBrokenHttp = true,
        };
    }

    private static FuzzedRequest Address(Random random, FuzzedRoute route, byte[] body)
    {
        var target = _addresses[random.Next(_addresses.Length)]
            .Replace("{0}", route.Path, StringComparison.Ordinal);

        // Where no route is near, the protocol is the first one's.
        var path = target.StartsWith(route.Path, StringComparison.Ordinal) ? route.Path : FuzzedRoute.All[0].Path;
        return new FuzzedRequest(
            path, Request("POST", target, Landscape.Open, body, LengthOf(body)), $"the address {target}")
        {
            // Outside /v1, or refused by the server before anything else: no protocol of ours.
            IsBrokenHttp = !target.StartsWith("/v1/", StringComparison.Ordinal)
                || target.Contains("..", StringComparison.Ordinal) || target.Contains('%', StringComparison.Ordinal),
        };
    }

    private static FuzzedRequest Method(Random random, FuzzedRoute route, byte[] body)
    {
        var method = _methods[random.Next(_methods.Length)];
        return new FuzzedRequest(
            route.Path, Request(method, route.Path, Landscape.Open, body, LengthOf(body)), $"the method {method}");
    }

    private static FuzzedRequest Chunks(Random random, FuzzedRoute route, byte[] body)
    {
        var text = Encoding.Latin1.GetString(body);
        var size = body.Length.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        var (chunks, isBroken) = random.Next(10) switch
        {
            0 => ($"{size}\r\n{text}\r\n0\r\n\r\n", false),
            1 => (string.Concat(text.Select(one => $"1\r\n{one}\r\n")) + "0\r\n\r\n", false),
            2 => ($"{size};name=\"value\"\r\n{text}\r\n0\r\n\r\n", false),
            3 => ($"{size}\r\n{text}\r\n0\r\nX-Trailer: x\r\n\r\n", false),
            4 => ("0\r\n\r\n", false),
            5 => ($"{size}\r\n{text}\r\n", true),
            6 => ($"{size}0\r\n{text}\r\n0\r\n\r\n", true),
            7 => ("fffffffffffffffff\r\nx", true),
            8 => ($"-1\r\n{text}\r\n0\r\n\r\n", true),
            _ => ($"{size}\n{text}\n0\n\n", true),
        };
        var bytes = Request(
            "POST", route.Path, Landscape.Open, Encoding.Latin1.GetBytes(chunks), "Transfer-Encoding: chunked");
        return new FuzzedRequest(route.Path, bytes, "odd chunks") { IsBrokenHttp = isBroken };
    }

    private static FuzzedRequest Length(Random random, FuzzedRoute route, byte[] body)
    {
        var claimed = random.Next(3) switch
        {
            0 => random.Next(body.Length),
            1 => body.Length + random.Next(1, 1000),
            _ => 2_000_000_000,
        };
        return new FuzzedRequest(
            route.Path,
            Request("POST", route.Path, Landscape.Open, body, $"Content-Length: {claimed}"),
            $"a length of {claimed}")
        {
            // More is announced than comes: the connection ends in the middle of the body.
            IsBrokenHttp = claimed > body.Length,
        };
    }
}
