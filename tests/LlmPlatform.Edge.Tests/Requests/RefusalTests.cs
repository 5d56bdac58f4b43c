using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LlmPlatform.Edge.Tests.Requests;

/// <summary>What a caller reads when a call is refused before it costs anything.</summary>
public sealed class RefusalTests(EdgeUnderTest edge)
{
    [Theory]
    [InlineData("[]", "The body must be a JSON object.", null)]
    [InlineData("\"x\"", "The body must be a JSON object.", null)]
    [InlineData("{\"messages\":[]}", "The member 'model' is missing.", "model")]
    [InlineData("{\"model\":\"m1\"}", "The member 'messages' is missing.", "messages")]
    [InlineData("{\"model\":1,\"messages\":[]}", "'model' must be a text of 1 to 256 bytes.", "model")]
    [InlineData("{\"model\":\"m1\",\"messages\":{}}", "'messages' must be an array.", "messages")]
    [InlineData("{\"model\":\"m1\",\"model\":\"m2\",\"messages\":[]}", "The member 'model' is there twice.", "model")]
    [InlineData(
        "{\"model\":\"m1\",\"mod\\u0065l\":\"m2\",\"messages\":[]}",
        "The member 'model' is there twice.", "model")]
    [InlineData("{\"model\":\"m1\",\"messages\":[],\"n\":129}", "'n' must be a whole number from 1 to 128.", "n")]
    [InlineData(
        "{\"model\":\"m1\",\"messages\":[],\"temperature\":2.1}",
        "'temperature' must be a number from 0 to 2.", "temperature")]
    [InlineData("{\"model\":\"m1\",\"messages\":[],\"stream\":1}", "'stream' must be true or false.", "stream")]
    [InlineData("{\"model\":\"m1\",\"messages\":[]}}", "The body is not valid JSON (line 1, byte 28).", null)]
    [InlineData("", "The body is not valid JSON (line 1, byte 0).", null)]
    [InlineData(
        "{\"model\":\"\\ud800\",\"messages\":[]}",
        "The body is not valid JSON: a text in it is not valid Unicode.", null)]
    [InlineData(
        "{\"model\":\"m1\",\"\\ud800\":1,\"messages\":[]}",
        "The body is not valid JSON: a text in it is not valid Unicode.", null)]
    public async Task A_body_that_cannot_be_used_is_a_400_that_names_the_member(
        string body, string message, string? param)
    {
        using var answer = await edge.ChatAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(
            $"{{\"error\":{{\"message\":\"{message}\",\"type\":\"invalid_request_error\",\"code\":\"invalid_request\","
            + $"\"param\":{(param is null ? "null" : $"\"{param}\"")}}}}}",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Names_are_said_as_they_were_written()
    {
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body("gibt's nicht 模型"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains(
            "\"There is no model 'gibt's nicht 模型'. GET /v1/models lists those you may use.\"",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var (completed, usage) = await edge.RecordsOfAsync(answer);
        Assert.Equal("model_not_found", completed.ErrorCode);
        Assert.Equal(404, completed.Status);
        Assert.Empty(usage);
    }

    [Fact]
    public async Task A_model_the_key_may_not_use_is_a_403()
    {
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body("t1"), Landscape.Narrow);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("model_not_allowed", (await EdgeUnderTest.ErrorOfAsync(answer)).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(null, "No API key was sent")]
    [InlineData("sk-of-nobody", "The API key is not known")]
    [InlineData(Landscape.Expired, "has expired")]
    public async Task A_key_that_opens_nothing_is_a_401_that_does_not_repeat_it(string? key, string said)
    {
        using var answer = await edge.SendAsync(
            HttpMethod.Post, "/v1/chat/completions", key, EdgeUnderTest.Body("m1"),
            TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var error = await EdgeUnderTest.ErrorOfAsync(answer);
        Assert.Equal("invalid_api_key", error.GetProperty("code").GetString());
        Assert.Contains(said, error.GetProperty("message").GetString());
        Assert.DoesNotContain("sk-", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task The_key_may_come_as_Anthropics_clients_send_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Add("x-api-key", Landscape.Open);
        using var answer = await edge.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/v1/nothing", 404, "not_found")]
    [InlineData("GET", "/v1/", 404, "not_found")]
    [InlineData("GET", "/v1/chat/completions", 405, "method_not_allowed")]
    [InlineData("DELETE", "/v1/models", 405, "method_not_allowed")]
    public async Task Where_nothing_is_the_error_has_the_shape_clients_parse(
        string method, string path, int status, string code)
    {
        using var answer = await edge.SendAsync(
            new HttpMethod(method), path, Landscape.Open, null, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(code, (await EdgeUnderTest.ErrorOfAsync(answer)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_head_request_where_nothing_is_has_no_body()
    {
        using var answer = await edge.SendAsync(
            HttpMethod.Head, "/v1/nothing", Landscape.Open, null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_a_413_announced_or_not(bool announced)
    {
        var body = EdgeUnderTest.Body("m1", more: $",\"x\":\"{new string('x', 1100 * 1024)}\"");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Headers.Authorization = new("Bearer", Landscape.Open);
        request.Content = announced
            ? new StringContent(body)
            : new StreamContent(new Unannounced(Encoding.UTF8.GetBytes(body)));
        using var answer = await edge.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("request_too_large", (await EdgeUnderTest.ErrorOfAsync(answer)).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("HTTP/1.1", "Expect: 100-continue\r\n")]
    [InlineData("HTTP/1.0", "")]
    public async Task Old_and_careful_clients_are_served(string protocol, string header)
    {
        var body = EdgeUnderTest.Body(edge.NewModel("m"));
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, edge.Address.Port, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream());
        await SendAsync(
            $"POST /v1/chat/completions {protocol}\r\nHost: x\r\nAuthorization: Bearer {Landscape.Open}\r\n"
            + $"Content-Length: {body.Length}\r\nConnection: close\r\n{header}\r\n");
        if (header.Length > 0)
        {
            Assert.Equal(
                "HTTP/1.1 100 Continue", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        await SendAsync(body);
        var said = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("200 OK", said);
        Assert.Contains("\"chat.completion\"", said);

        async Task SendAsync(string text) =>
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_body_cut_off_in_the_middle_costs_nothing_and_is_recorded()
    {
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, edge.Address.Port, TestContext.Current.CancellationToken);
            await socket.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Landscape.Poor}\r\n"
                    + "Content-Length: 5000\r\n\r\n{\"model\":"),
                TestContext.Current.CancellationToken);
        }

        var (completed, usage) = await edge.RecordsOfAsync(call =>
            call.KeyName == "poor-key" && call.ModelRequested is null);
        Assert.Contains(completed.ErrorCode, (string[])["client_disconnected", "invalid_request"]);
        Assert.Empty(usage);
    }

    /// <summary>A stream that does not know its length: it is sent in chunks.</summary>
    private sealed class Unannounced(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
