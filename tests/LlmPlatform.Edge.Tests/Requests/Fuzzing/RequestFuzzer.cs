using System.Text;

namespace LlmPlatform.Edge.Tests.Requests.Fuzzing;

/// <summary>Makes requests from good ones; the same seed and number make the same request.</summary>
internal sealed class RequestFuzzer(int seed, IReadOnlyList<string> models, string canary)
{
    private static readonly string[] _keys = ["", "sk-nobody", "Bearer", "a b", "\t", Landscape.Expired];

    public FuzzedRequest Make(int number)
    {
        var random = new Random(unchecked((seed * 7919) + number));
        var route = FuzzedRoute.All[random.Next(FuzzedRoute.All.Count)];
        var body = route.Body
            .Replace(FuzzedRoute.Model, models[random.Next(models.Count)], StringComparison.Ordinal)
            .Replace(FuzzedRoute.Canary, canary, StringComparison.Ordinal);
        return random.Next(14) switch
        {
            0 or 1 => HttpOddities.Of(random, route, Encoding.UTF8.GetBytes(body)),
            2 => Plain(route, Noise(random), "noise", Landscape.Open),
            3 => Plain(route, Encoding.UTF8.GetBytes(body), "a bad key", _keys[random.Next(_keys.Length)]),
            4 => Plain(
                route, ByteMutations.Mutate(random, Encoding.UTF8.GetBytes(body)), "bytes changed", Landscape.Open),
            _ => Plain(
                route, Encoding.UTF8.GetBytes(JsonMutations.Mutate(random, body)), "JSON changed", Landscape.Open),
        };
    }

    private static FuzzedRequest Plain(FuzzedRoute route, byte[] body, string what, string key) => new(
        route.Path,
        HttpOddities.Request(
            "POST", route.Path, key, body, $"Content-Length: {body.Length}", "Content-Type: application/json"),
        what);

    private static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(0, 2000)];
        random.NextBytes(noise);
        if (random.Next(2) == 0)
        {
            // Of the letters that JSON is made of, so that it is looked at for longer.
            const string letters = "{}[]\",:0123456789.eE-+ tfn\\\n";
            for (var at = 0; at < noise.Length; at++)
                noise[at] = (byte)letters[noise[at] % letters.Length];
        }

        return noise;
    }
}
