using System.Net;
using System.Net.Http.Headers;

namespace LlmPlatform.Edge.Tests.CrossOrigin;

/// <summary>Pages of the origins that the configuration names may call from a browser, and no others.</summary>
public sealed class CrossOriginAccessTests(EdgeUnderTest edge)
{
    private const string Other = "https://elsewhere.example.com";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_preflight_of_an_allowed_origin_is_told_what_it_may_send()
    {
        using var answer = await SendAsync(
            HttpMethod.Options, "/v1/chat/completions", Landscape.Origin, preflight: true);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(Landscape.Origin, Header(answer, "Access-Control-Allow-Origin"));
        Assert.Contains("POST", Header(answer, "Access-Control-Allow-Methods"));
        Assert.Equal("authorization,content-type", Header(answer, "Access-Control-Allow-Headers"));
        Assert.Equal("Origin", Header(answer, "Vary"));
        Assert.NotNull(Header(answer, "Access-Control-Max-Age"));
        Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("/v1/models", HttpStatusCode.OK)]
    [InlineData("/v1/models/none", HttpStatusCode.NotFound)]
    [InlineData("/v1/nothing", HttpStatusCode.NotFound)]
    public async Task Answers_and_refusals_may_be_read_by_an_allowed_origin(string path, HttpStatusCode status)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, Landscape.Origin);

        Assert.Equal((status, Landscape.Origin), (answer.StatusCode, Header(answer, "Access-Control-Allow-Origin")));
        Assert.Contains("X-Request-Id", Header(answer, "Access-Control-Expose-Headers"));
        Assert.Equal("Origin", Header(answer, "Vary"));
    }

    [Theory]
    [InlineData(Other, "/v1/models")]
    [InlineData(Landscape.Origin + ".evil.example", "/v1/models")]
    [InlineData("null", "/v1/models")]
    [InlineData(Landscape.Origin, "/admin/v1/keys")]
    [InlineData(Landscape.Origin, "/metrics")]
    public async Task Other_origins_and_other_paths_are_told_nothing(string origin, string path)
    {
        using var preflight = await SendAsync(HttpMethod.Options, path, origin, preflight: true);
        using var answer = await SendAsync(HttpMethod.Get, path, origin);

        Assert.Null(Header(preflight, "Access-Control-Allow-Origin"));
        Assert.Null(Header(answer, "Access-Control-Allow-Origin"));
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string origin, bool preflight = false)
    {
        using var request = new HttpRequestMessage(method, new Uri(edge.Address, path));
        request.Headers.Add("Origin", origin);
        if (preflight)
        {
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        }
        else
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Landscape.Open);
        }

        return await edge.Http.SendAsync(request, Stop);
    }
}
