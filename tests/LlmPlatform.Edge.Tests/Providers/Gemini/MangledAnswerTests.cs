using System.Text;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Providers.Gemini;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.Gemini;

/// <summary>Whatever stands in the place of what Gemini says, it is read for what it is and nothing breaks.</summary>
public sealed class MangledAnswerTests
{
    private static readonly string[] Others =
        ["null", "true", "-1", "1e400", "3.5", "\"\"", "\"\\ud83d\"", "[]", "{}", "[[{}]]", "99999999999999999999"];

    [Theory]
    [MemberData(nameof(GeminiReaderTests.Answers), MemberType = typeof(GeminiReaderTests))]
    [InlineData("rate-limited")]
    public void No_member_of_another_type_breaks_the_reading(string name)
    {
        var random = new Random(20261103);
        var fixture = Heard.Fixture($"{name}.json");
        for (var round = 0; round < 500; round++)
        {
            var answer = JsonNode.Parse(fixture)!;
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                Change(answer, random);
            }

            // Some of the others are no JSON that could be built: they take the places of names given to them.
            var text = answer.ToJsonString();
            for (var other = 0; other < Others.Length; other++)
            {
                text = text.Replace($"\"@{other}\"", Others[other], StringComparison.Ordinal);
            }

            Read(text);
        }
    }

    [Theory]
    [MemberData(nameof(GeminiReaderTests.Streams), MemberType = typeof(GeminiReaderTests))]
    public void No_byte_in_the_place_of_another_breaks_the_reading(string name)
    {
        var random = new Random(20261104);
        var stream = Encoding.UTF8.GetBytes(Heard.Fixture($"{name}.sse"));
        for (var round = 0; round < 500; round++)
        {
            var mangled = stream.ToArray();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                mangled[random.Next(mangled.Length)] = (byte)random.Next(256);
            }

            Assert.NotEmpty(Heard.Streamed(mangled, []));
        }
    }

    // A document is a tree of places: any of them may hold something else.
    private static void Change(JsonNode root, Random random)
    {
        var places = Descendants(root).ToList();
        if (places.Count == 0)
        {
            return;
        }

        var (parent, place) = places[random.Next(places.Count)];
        var other = JsonValue.Create($"@{random.Next(Others.Length)}");
        if (parent is JsonObject members)
        {
            members[(string)place] = other;
        }
        else
        {
            parent.AsArray()[(int)place] = other;
        }
    }

    private static IEnumerable<(JsonNode Parent, object Place)> Descendants(JsonNode node) => node switch
    {
        JsonObject members => members.ToArray().SelectMany(member =>
            Inside(member.Value).Prepend((members, member.Key))),
        JsonArray items => Enumerable.Range(0, items.Count).SelectMany(index =>
            Inside(items[index]).Prepend((items, index))),
        _ => [],
    };

    private static IEnumerable<(JsonNode Parent, object Place)> Inside(JsonNode? node) =>
        node is null ? [] : Descendants(node);

    private static void Read(string answer)
    {
        var bytes = Encoding.UTF8.GetBytes(answer);
        Assert.NotEmpty(Heard.Whole(answer));
        var gathered = new Answer();
        new GeminiReader(Written.Saying("?"), gathered).ReadWhole(bytes);
        var tokens = gathered.Usage?.Tokens;
        Assert.True(tokens is null or { TotalInput: >= 0, TotalOutput: >= 0 }, answer);
        Assert.NotNull(GeminiFault.Read(500, bytes));

        var adapter = Written.Adapter();
        adapter.ReadEmbedding(bytes, Written.Target(adapter));
        adapter.ReadTokenCount(bytes);
    }
}
