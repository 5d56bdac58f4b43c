using System.Text;

namespace LlmPlatform.Edge.Tests.Golden;

/// <summary>
/// A provider's answer may be anything. Whatever it is, the caller gets an answer or an error of ours, and nothing is
/// thrown that would leave the call without either.
/// </summary>
public sealed class MangledAnswerTests
{
    private const int RoundsOfEach = 40;

    private static readonly string[] _oddities =
    [
        "\\ud800", "\\udc00x", "null", "-1", "1e400", "99999999999999999999", "[]", "{}", "\"\"", "true", "\0",
        "{\"index\":-5}", "{\"type\":7}", "[[[[[[", "\\u0000", "\u00ff\u00fe", ",,", "data:", "\n\n", "\r",
    ];

    public static TheoryData<string, string, string> Pairs => GoldenTests.Pairs;

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_mangled_answer_is_an_answer_or_an_error(string api, string wire, string name)
    {
        var random = new Random(20261121 + $"{api}/{wire}/{name}".Sum(letter => letter));
        var whole = GoldenFiles.Upstream(wire, name, ".json");
        var stream = GoldenFiles.Upstream(wire, name, ".sse");
        for (var round = 0; round < RoundsOfEach; round++)
        {
            if (whole is not null)
            {
                using var exchange = GoldenExchange.Open(api, wire, name, stream: false);
                if (exchange.WriteRequest().Body is not null)
                {
                    exchange.ReadWhatever(Mangle(Encoding.UTF8.GetBytes(whole), random));
                }
            }

            if (stream is not null)
            {
                using var exchange = GoldenExchange.Open(api, wire, name, stream: true);
                if (exchange.WriteRequest().Body is not null)
                {
                    var bytes = Mangle(exchange.Encode(stream), random);
                    await exchange.RelayAsync([.. bytes.Chunk(random.Next(1, 400))]);
                }
            }
        }
    }

    private static byte[] Mangle(byte[] bytes, Random random)
    {
        var mangled = new List<byte>(bytes);
        for (var times = random.Next(1, 4); times > 0 && mangled.Count > 2; times--)
        {
            var at = random.Next(mangled.Count);
            switch (random.Next(4))
            {
                case 0:
                    mangled[at] = (byte)random.Next(256);
                    break;
                case 1:
                    mangled.RemoveRange(at, Math.Min(random.Next(1, 40), mangled.Count - at));
                    break;
                case 2:
                    mangled.InsertRange(at, Encoding.UTF8.GetBytes(_oddities[random.Next(_oddities.Length)]));
                    break;
                default:
                    ReplaceValue(mangled, at, random);
                    break;
            }
        }

        return [.. mangled];
    }

    // Puts something of another type where a value stands: the colon after a name is where one begins.
    private static void ReplaceValue(List<byte> bytes, int from, Random random)
    {
        var colon = bytes.IndexOf((byte)':', from);
        var end = colon < 0 ? -1 : bytes.FindIndex(colon + 1, value => value is (byte)',' or (byte)'}');
        if (end > 0)
        {
            bytes.RemoveRange(colon + 1, end - colon - 1);
            bytes.InsertRange(colon + 1, Encoding.UTF8.GetBytes(_oddities[random.Next(_oddities.Length)]));
        }
    }
}
