using System.Text.Json.Nodes;

namespace LlmPlatform.Edge.Tests.Golden;

/// <summary>
/// What becomes of each kind of call between each pair of protocols, on both its ways, as files that a person has read.
/// </summary>
public sealed class GoldenTests
{
    private static readonly int[] _sizes = [1, 2, 3, 7, 64];

    public static TheoryData<string, string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string, string>();
            foreach (var (api, wire, name) in GoldenFiles.Pairs())
            {
                pairs.Add(api, wire, name);
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_request_reaches_the_provider_in_its_own_words(string api, string wire, string name)
    {
        using var whole = GoldenExchange.Open(api, wire, name, stream: false);
        using var streamed = GoldenExchange.Open(api, wire, name, stream: true);
        var (body, refusal) = whole.WriteRequest();
        var (streamedBody, _) = streamed.WriteRequest();
        Assert.Equal(body is null, streamedBody is null);
        var sent = body is null
            ? new JsonObject { ["refused"] = refusal!.Message, ["param"] = refusal.Param }
            : new JsonObject
            {
                ["post"] = whole.Address,
                ["body"] = body,
                ["streamed"] = Difference(whole.Address, body, streamed.Address, streamedBody!),
            };

        GoldenFiles.Check(api, wire, $"{name}.request.json", GoldenFiles.Pretty(sent));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_whole_answer_reaches_the_caller_in_its_own_words(string api, string wire, string name)
    {
        using var exchange = GoldenExchange.Open(api, wire, name, stream: false);
        if (GoldenFiles.Upstream(wire, name, ".json") is not { } answer || exchange.WriteRequest().Body is null)
        {
            return;
        }

        var said = name.StartsWith("error", StringComparison.Ordinal)
            ? exchange.ReadRefusal(answer)
            : exchange.ReadAnswer(answer);

        GoldenFiles.Check(api, wire, $"{name}.answer.json", GoldenFiles.Pretty(said));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_stream_reaches_the_caller_in_its_own_words_however_it_is_cut(
        string api, string wire, string name)
    {
        using var exchange = GoldenExchange.Open(api, wire, name, stream: true);
        if (GoldenFiles.Upstream(wire, name, ".sse") is not { } stream || exchange.WriteRequest().Body is null)
        {
            return;
        }

        var bytes = exchange.Encode(stream);
        var said = await exchange.RelayAsync([bytes]);
        AssertFramed(said[..said.IndexOf("---", StringComparison.Ordinal)]);
        GoldenFiles.Check(api, wire, $"{name}.stream.txt", said);

        foreach (var cut in Cuts(bytes, everywhere: name == "text"))
        {
            Assert.Equal(said, await exchange.RelayAsync([bytes[..cut], bytes[cut..]]));
        }

        foreach (var size in _sizes)
        {
            Assert.Equal(said, await exchange.RelayAsync([.. bytes.Chunk(size)]));
        }
    }

    [Fact]
    public void Every_folder_belongs_to_an_api_or_a_wire_and_every_wire_has_answers()
    {
        Assert.Equal(GoldenApis.All.Keys.Order(), GoldenFiles.Folders("requests"));
        Assert.Equal(GoldenWires.All.Select(wire => wire.Folder).Distinct().Order(), GoldenFiles.Folders("upstream"));
    }

    // What is cut within a line waits for its end, wherever: so one case is cut everywhere, and the others where lines
    // end, where characters have several bytes, and here and there between.
    private static IEnumerable<int> Cuts(byte[] bytes, bool everywhere) => Enumerable.Range(1, bytes.Length - 1)
        .Where(cut => everywhere || cut % 23 == 0 || IsDelicate(bytes[cut - 1]) || IsDelicate(bytes[cut]));

    private static bool IsDelicate(byte value) => value is (byte)'\r' or (byte)'\n' or >= 0x80;

    // A line that is none of these ends an event in the middle, or is lost.
    private static void AssertFramed(string stream) => Assert.All(
        stream.Split('\n'),
        line => Assert.True(
            line.Length == 0 || line[0] == ':' || line.StartsWith("data:", StringComparison.Ordinal)
                || line.StartsWith("event:", StringComparison.Ordinal),
            line));

    // What a stream adds to the request, or changes in it.
    private static JsonObject Difference(string address, JsonObject body, string otherAddress, JsonObject otherBody)
    {
        var difference = new JsonObject();
        if (address != otherAddress)
        {
            difference["post"] = otherAddress;
        }

        foreach (var (member, value) in otherBody)
        {
            if (!body.TryGetPropertyValue(member, out var whole) || !JsonNode.DeepEquals(whole, value))
            {
                difference[member] = value?.DeepClone();
            }
        }

        Assert.All(body, member => Assert.True(otherBody.ContainsKey(member.Key)));
        return difference;
    }
}
