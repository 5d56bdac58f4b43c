using System.Globalization;
using System.Net;
using System.Text.Json;
using LlmPlatform.TestKit;

namespace LlmPlatform.Edge.Tests.Identity;

/// <summary>What a key may do is changed after it was made.</summary>
public sealed class KeyChangeTests(EdgeUnderTest edge)
{
    [Fact]
    public async Task A_deactivated_key_is_refused_at_once_and_works_again_when_it_is_activated()
    {
        var (name, made) = await edge.CreateKeyAsync();
        var secret = made.Text("key")!;
        await edge.ReachesAsync(secret, HttpStatusCode.OK);

        var paused = await edge.AdminAsync(HttpMethod.Post, $"keys/{name}/deactivate");
        Assert.Equal("inactive", paused.Answer.Text("state"));
        Assert.Equal(HttpStatusCode.Unauthorized, await edge.StatusOfAsync(secret));

        // What is not admitted, because it costs nothing, heeds it as soon as the edge has looked at its keys.
        await Eventually.UntilAsync(
            async () =>
            {
                using var models = await edge.GetAsync("/v1/models", secret);
                return models.StatusCode;
            },
            status => status == HttpStatusCode.Unauthorized,
            TimeSpan.FromSeconds(60), "the key lists no models", TestContext.Current.CancellationToken);

        var activated = await edge.AdminAsync(HttpMethod.Post, $"keys/{name}/activate");
        Assert.Equal("active", activated.Answer.Text("state"));
        await edge.ReachesAsync(secret, HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Authorization", "Bearer {0}")]
    [InlineData("Authorization", "bearer   {0}")]
    [InlineData("x-api-key", "{0}")]
    [InlineData("X-API-Key", " {0} ")]
    public async Task A_key_comes_as_a_bearer_or_in_a_header_of_its_own(string header, string form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(edge.Address, "/v1/models"));
        request.Headers.TryAddWithoutValidation(
            header, string.Format(CultureInfo.InvariantCulture, form, Landscape.Open));
        if (header != "Authorization")
        {
            // As a client sends it that was given no bearer.
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer ");
        }

        using var answer = await edge.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_key_can_be_expired_now_and_its_expiry_be_taken_away_again()
    {
        var (name, made) = await edge.CreateKeyAsync();
        var secret = made.Text("key")!;
        await edge.ReachesAsync(secret, HttpStatusCode.OK);

        var ended = await ChangeAsync(name, new { expires = "0s" });
        Assert.Equal("expired", ended.Text("state"));
        Assert.Equal(HttpStatusCode.Unauthorized, await edge.StatusOfAsync(secret));

        Assert.Equal("active", (await ChangeAsync(name, new { expires = "never" })).Text("state"));
        await edge.ReachesAsync(secret, HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_allow_list_is_replaced_and_all_else_stays()
    {
        var (name, made) = await edge.CreateKeyAsync();
        var secret = made.Text("key")!;
        await edge.ReachesAsync(secret, HttpStatusCode.OK);

        var changed = await ChangeAsync(
            name, new { models = new[] { "t*", "org/*" }, metadata = new { project = "x" }, user = "ann" });

        Assert.Equal(["t*", "org/*"], changed.GetProperty("models").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal("x", changed.GetProperty("metadata").Text("project"));
        await edge.ReachesAsync(secret, HttpStatusCode.Forbidden);
        using (var allowed = await edge.ChatAsync(EdgeUnderTest.Body(edge.NewModel("t")), secret))
        {
            Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        }

        var again = await ChangeAsync(name, new { user = "" });
        Assert.Equal("x", again.GetProperty("metadata").Text("project"));
        Assert.False(again.TryGetProperty("user", out _));
    }

    [Theory]
    [InlineData("""{"models":[]}""", "invalid_models")]
    [InlineData("""{"expires":"soon"}""", "invalid_expires")]
    [InlineData("""{"team":"none"}""", "team_not_found")]
    [InlineData("""{"metadata":{"":"x"}}""", "invalid_metadata")]
    public async Task A_change_that_cannot_be_made_says_why_and_changes_nothing(string body, string code)
    {
        var (name, made) = await edge.CreateKeyAsync();
        var refused = await edge.AdminAsync(
            HttpMethod.Patch, $"keys/{name}", JsonDocument.Parse(body).RootElement);

        Assert.Equal((HttpStatusCode.BadRequest, code), (refused.Status, refused.Answer.Text("type")));
        var shown = (await edge.AdminAsync(HttpMethod.Get, $"keys/{name}")).Answer;
        Assert.Equal(made.GetProperty("models").ToString(), shown.GetProperty("models").ToString());
    }

    private async Task<JsonElement> ChangeAsync(string name, object change)
    {
        var changed = await edge.AdminAsync(HttpMethod.Patch, $"keys/{name}", change);
        Assert.Equal(HttpStatusCode.OK, changed.Status);
        return changed.Answer;
    }
}
