using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Tests.Settlement;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Issuers;

namespace LlmPlatform.Edge.Tests.Identity;

/// <summary>Callers come with a token of an identity provider instead of a key.</summary>
public sealed class TokenTests(EdgeUnderTest edge) : IAsyncLifetime
{
    private const string Known = "sk-known-to-the-edge-of-token-tests";

    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(60);

    private FakeIssuer _issuer = null!;
    private ChangingConfiguration _file = null!;
    private SecondEdge _edge = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _issuer.AddKey("r", "RS256");
        _issuer.AddKey("e", "ES256");
        _file = new ChangingConfiguration(With(Entry()));
        _edge = await SecondEdge.StartAsync(edge, _file);
    }

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task A_token_of_each_algorithm_is_served_also_when_its_key_was_published_a_moment_ago()
    {
        (string Algorithm, bool IsSaid)[] published =
        [
            ("RS256", true), ("RS256", false), ("RS512", true), ("PS256", true), ("ES256", false), ("ES384", true),
            ("ES512", true), ("HS256", true),
        ];
        foreach (var (algorithm, isSaid) in published)
        {
            var name = $"{algorithm}-{isSaid}";
            _issuer.AddKey(name, algorithm, isSaid);

            await _edge.ReachesAsync(_issuer.Sign(name, algorithm), HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Team_user_tier_and_models_are_the_tokens_and_its_limits_hold_as_a_keys_do()
    {
        await _file.ReplaceAsync(With(Entry() with
        {
            TeamClaim = "team",
            TierClaim = "plan",
            Models = new GlobList(["m*"]),
        }));
        var token = Signed(claims => (claims["team"], claims["plan"]) = ("search", "gold"));
        await _edge.ReachesAsync(token, HttpStatusCode.OK);
        using (var refused = await _edge.ChatAsync(token, "t1"))
        {
            Assert.Equal("model_not_allowed", (await EdgeUnderTest.ErrorOfAsync(refused)).Text("code"));
        }

        var completed = await Eventually.UntilAsync(
            () => Task.FromResult(SpoolDirectory.CompletionsIn(_edge.Spool.Money)
                .Select(entry => entry.Completed).FirstOrDefault(call => call.KeyName == "jwt:ann")),
            found => found is not null, _soon, "the call is recorded", Token);
        Assert.Equal(("open", "search", "ann"), (completed!.Tenant, completed.Team, completed.User));
        Assert.StartsWith("jwt_", completed.KeyId);

        // Two calls a minute for the tier 'gold'.
        await _edge.ReachesAsync(token, HttpStatusCode.TooManyRequests);

        // The budget of the tenant 'poor' pays for nothing.
        using var broke = await _edge.ChatAsync(Signed(claims => claims["org"] = "poor"));
        Assert.Equal(HttpStatusCode.PaymentRequired, broke.StatusCode);
    }

    [Fact]
    public async Task A_token_that_says_the_wrong_thing_is_refused()
    {
        await _edge.ReachesAsync(Signed(), HttpStatusCode.OK);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        (string Claim, JsonNode? Value, int Status)[] wrong =
        [
            ("exp", now - 60, 401), ("nbf", now + 600, 401), ("exp", null, 401), ("aud", "another", 401),
            ("aud", null, 401), ("iss", "https://other.test/", 401), ("iss", null, 401), ("scope", "llm.calls", 403),
            ("scope", null, 403), ("org", "nobody", 403), ("org", null, 403),
        ];
        foreach (var (claim, value, status) in wrong)
        {
            var token = Signed(claims =>
            {
                claims.Remove(claim);
                if (value is not null)
                {
                    claims[claim] = value;
                }
            });

            using var answer = await _edge.ChatAsync(token);

            Assert.Equal((claim, status), (claim, (int)answer.StatusCode));
            var error = await EdgeUnderTest.ErrorOfAsync(answer);
            Assert.Equal(status == 401 ? "invalid_api_key" : "token_not_allowed", error.Text("code"));
            Assert.DoesNotContain(token.Split('.')[2], error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_audience_and_a_scope_may_be_one_of_several()
    {
        await _edge.ReachesAsync(
            Signed(claims =>
            {
                claims["aud"] = new JsonArray("another", FakeIssuer.Audience);
                claims.Remove("scope");
                claims["scp"] = new JsonArray("profile", "llm.call");
            }),
            HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_forged_token_is_refused_whatever_it_says_of_itself()
    {
        var good = Signed();
        await _edge.ReachesAsync(good, HttpStatusCode.OK);
        var parts = good.Split('.');
        var claims = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
        var publicPart = Encoding.UTF8.GetBytes(_issuer.PublicPartOf("r"));
        string[] forged =
        [
            // Unsigned, and signed by what everybody knows.
            FakeIssuer.SignText("""{"alg":"none","kid":"r"}""", claims, _ => []),
            FakeIssuer.SignText("""{"alg":"none"}""", claims, _ => []),
            FakeIssuer.SignText(
                """{"alg":"HS256","kid":"r"}""", claims, bytes => HMACSHA256.HashData(publicPart, bytes)),

            // Another key than it names, another algorithm than the key's, no key named of several.
            _issuer.Sign("r", "RS256", signWith: "e"),
            _issuer.Sign("e", "RS256", signWith: "r"),
            _issuer.Sign("r", "RS384"),
            _issuer.Sign("made-up", "RS256", signWith: "r"),

            // Changed on the way.
            $"{parts[0]}.{Swapped(parts[1])}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.{Swapped(parts[2])}",
            $"{parts[0]}.{parts[1]}.",
            $"{parts[0]}.{parts[1]}.{parts[2]}=",

            // To be read in a way that is not known here, or in two ways.
            FakeIssuer.SignText(
                """{"alg":"RS256","kid":"r","crit":["b64"],"b64":false}""", claims,
                bytes => _issuer.SignBytes("r", bytes)),
            FakeIssuer.SignText(
                """{"alg":"RS256","kid":"r"}""", claims.Replace("{", """{"org":"open",""", StringComparison.Ordinal),
                bytes => _issuer.SignBytes("r", bytes)),
            FakeIssuer.SignText("""{"alg":"RS256","kid":"r"}""", "[]", bytes => _issuer.SignBytes("r", bytes)),
            "eyJ.eyJ.x",
            $"eyJ{new string('x', 20_000)}.y.z",
        ];

        foreach (var token in forged)
        {
            using var answer = await _edge.ChatAsync(token);
            Assert.True(
                answer.StatusCode == HttpStatusCode.Unauthorized,
                $"{(int)answer.StatusCode} for {token[..Math.Min(40, token.Length)]}…");
        }

        Assert.Equal(HttpStatusCode.OK, await _edge.StatusAsync(good));
    }

    [Fact]
    public async Task A_key_that_the_issuer_dropped_opens_nothing_from_the_next_fetch_on()
    {
        var token = Signed();
        await _edge.ReachesAsync(token, HttpStatusCode.OK);

        _issuer.AddKey("next", "RS256");
        _issuer.DropKey("r");
        await _edge.ReachesAsync(_issuer.Sign("next", "RS256"), HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.Unauthorized, await _edge.StatusAsync(token));
    }

    [Fact]
    public async Task While_the_issuer_is_away_its_last_keys_stay_in_force_also_over_a_restart()
    {
        await _edge.ReachesAsync(Signed(), HttpStatusCode.OK);
        _issuer.IsAway = true;
        await _edge.RestartAsync();
        Assert.Equal(HttpStatusCode.OK, await _edge.StatusAsync(Signed()));

        // Nor does an answer that is none put out those that are there.
        _issuer.IsAway = false;
        _issuer.Garbage = "<html>sorry</html>";
        Assert.Equal(HttpStatusCode.Unauthorized, await _edge.StatusAsync(_issuer.Sign("x", "RS256", signWith: "r")));
        Assert.Equal(HttpStatusCode.OK, await _edge.StatusAsync(Signed()));
    }

    [Fact]
    public async Task An_issuer_whose_keys_were_never_had_is_waited_for_and_not_blamed_on_the_caller()
    {
        var other = await FakeIssuer.StartAsync();
        other.AddKey("r", "RS256");
        other.IsAway = true;
        await _file.ReplaceAsync(With(Entry() with { JwksUrl = other.KeysUrl }));

        using (var answer = await _edge.ChatAsync(other.Sign("r", "RS256")))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal("identity_unavailable", (await EdgeUnderTest.ErrorOfAsync(answer)).Text("code"));
        }

        other.IsAway = false;
        await _edge.ReachesAsync(other.Sign("r", "RS256"), HttpStatusCode.OK);
        await other.DisposeAsync();
    }

    [Fact]
    public async Task Made_up_names_of_keys_do_not_make_the_edge_ask_more_often()
    {
        await _edge.ReachesAsync(Signed(), HttpStatusCode.OK);
        var before = _issuer.Fetches;
        var started = TimeProvider.System.GetTimestamp();
        for (var number = 0; number < 200; number++)
        {
            var token = _issuer.Sign($"made-up-{number}", "RS256", signWith: "r");
            Assert.Equal(HttpStatusCode.Unauthorized, await _edge.StatusAsync(token));
        }

        var elapsed = TimeProvider.System.GetElapsedTime(started);
        Assert.InRange(_issuer.Fetches - before, 0, (int)(elapsed / TimeSpan.FromSeconds(0.3)) + 2);
    }

    [Fact]
    public async Task A_user_who_is_deactivated_and_an_issuer_that_left_the_file_open_nothing()
    {
        await _edge.ReachesAsync(Signed(), HttpStatusCode.OK);
        await _file.ReplaceAsync(With(Entry()) with
        {
            Keys = [.. With(Entry()).Keys, new KeyConfiguration
            {
                Name = "anns", Tenant = "open", User = "ann", Secret = new Secret("sk-key-of-ann-of-token-tests"),
            }],
        });
        using (var paused = await _edge.AdminAsync(HttpMethod.Post, "users/open/ann/deactivate"))
        {
            Assert.Equal(HttpStatusCode.OK, paused.StatusCode);
        }

        await _edge.ReachesAsync(Signed(), HttpStatusCode.Forbidden);
        await _edge.ReachesAsync(Signed(claims => claims["sub"] = "bob"), HttpStatusCode.OK);

        await _file.ReplaceAsync(With(null));
        await Eventually.UntilAsync(
            () => _edge.StatusAsync(Signed(claims => claims["sub"] = "bob")),
            status => status == HttpStatusCode.Unauthorized,
            _soon, "the issuer is not known any more", Token);
    }

    private static string Swapped(string part) => (part[0] == 'A' ? 'B' : 'A') + part[1..];

    private static PlatformConfiguration With(JwtIssuerConfiguration? issuer) => new()
    {
        Tenants =
        [
            new TenantConfiguration { Name = "open", Teams = [new TeamConfiguration { Name = "search" }] },
            new TenantConfiguration { Name = "poor" },
        ],
        Keys = [new KeyConfiguration { Name = "known", Tenant = "open", Secret = new Secret(Known) }],
        Auth = new AuthConfiguration { Jwt = issuer is null ? [] : [issuer] },
    };

    private JwtIssuerConfiguration Entry() => new()
    {
        Issuer = FakeIssuer.Name,
        Audience = FakeIssuer.Audience,
        JwksUrl = _issuer.KeysUrl,
        TenantClaim = "org",
        Scope = "llm.call",
    };

    private string Signed(Action<JsonObject>? change = null) => _issuer.Sign("r", "RS256", change);
}
