using System.Globalization;
using System.Net;

namespace LlmPlatform.Edge.Tests.Identity;

/// <summary>A key's secret is replaced while callers go on with the old one for a grace.</summary>
public sealed class KeyRotationTests(EdgeUnderTest edge)
{
    [Fact]
    public async Task Both_secrets_are_valid_during_the_grace_and_the_old_one_dies_at_its_end()
    {
        var (name, made) = await edge.CreateKeyAsync();
        var old = made.Text("key")!;
        await edge.ReachesAsync(old, HttpStatusCode.OK);

        var rotated = await edge.AdminAsync(HttpMethod.Post, $"keys/{name}/rotate", new { grace = "3s" });

        Assert.Equal(HttpStatusCode.OK, rotated.Status);
        var renewed = rotated.Answer.Text("key")!;
        Assert.NotEqual(old, renewed);
        var previous = rotated.Answer.GetProperty("previous_secret");
        Assert.Equal(made.Text("secret_prefix"), previous.Text("secret_prefix"));
        var dies = DateTimeOffset.Parse(previous.Text("ends_at")!, CultureInfo.InvariantCulture);
        await edge.ReachesAsync(renewed, HttpStatusCode.OK);
        await edge.IsRefusedFromAsync(old, dies);
        Assert.Equal(HttpStatusCode.OK, await edge.StatusOfAsync(renewed));
        var shown = (await edge.AdminAsync(HttpMethod.Get, $"keys/{name}")).Answer;
        Assert.False(shown.TryGetProperty("key", out _));
        Assert.False(shown.TryGetProperty("previous_secret", out _));
        Assert.Equal(made.Text("id"), shown.Text("id"));
    }

    [Fact]
    public async Task Rotating_again_within_the_grace_ends_the_oldest_secret_at_once()
    {
        var (name, made) = await edge.CreateKeyAsync();
        var second = await RotateAsync(name, "1h");
        await edge.ReachesAsync(second, HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await edge.StatusOfAsync(made.Text("key")!));

        var third = await RotateAsync(name, "1h");

        Assert.Equal(HttpStatusCode.Unauthorized, await edge.StatusOfAsync(made.Text("key")!));
        Assert.Equal(HttpStatusCode.OK, await edge.StatusOfAsync(second));
        await edge.ReachesAsync(third, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_grace_the_old_secret_is_refused_when_the_operator_has_the_answer()
    {
        var (name, made) = await edge.CreateKeyAsync();
        await edge.ReachesAsync(made.Text("key")!, HttpStatusCode.OK);

        var renewed = await RotateAsync(name, "0s");

        Assert.Equal(HttpStatusCode.Unauthorized, await edge.StatusOfAsync(made.Text("key")!));
        await edge.ReachesAsync(renewed, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Rotations_at_the_same_time_leave_one_secret_of_its_own_and_one_before()
    {
        var (name, _) = await edge.CreateKeyAsync();
        var rotations = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RotateAsync(name, "1h")));

        await Task.WhenAll((await OpeningAsync(rotations)).Select(secret =>
            edge.ReachesAsync(secret, HttpStatusCode.OK)));
        Assert.Equal(2, (await OpeningAsync(rotations)).Count);
    }

    [Fact]
    public async Task A_key_that_opens_nothing_is_not_rotated()
    {
        var (name, _) = await edge.CreateKeyAsync();
        await edge.AdminAsync(HttpMethod.Post, $"keys/{name}/revoke");

        var refused = await edge.AdminAsync(HttpMethod.Post, $"keys/{name}/rotate");

        Assert.Equal((HttpStatusCode.Conflict, "key_not_active"), (refused.Status, refused.Answer.Text("type")));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-1h")]
    [InlineData("1000d")]
    public async Task A_grace_that_is_none_is_refused(string grace)
    {
        var (name, _) = await edge.CreateKeyAsync();
        var refused = await edge.AdminAsync(HttpMethod.Post, $"keys/{name}/rotate", new { grace });

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grace"), (refused.Status, refused.Answer.Text("type")));
    }

    private async Task<string> RotateAsync(string name, string grace)
    {
        var rotated = await edge.AdminAsync(HttpMethod.Post, $"keys/{name}/rotate", new { grace });
        Assert.Equal(HttpStatusCode.OK, rotated.Status);
        return rotated.Answer.Text("key")!;
    }

    private async Task<List<string>> OpeningAsync(IEnumerable<string> secrets)
    {
        var opening = new List<string>();
        foreach (var secret in secrets)
        {
            if (await edge.StatusOfAsync(secret) == HttpStatusCode.OK)
            {
                opening.Add(secret);
            }
        }

        return opening;
    }
}
