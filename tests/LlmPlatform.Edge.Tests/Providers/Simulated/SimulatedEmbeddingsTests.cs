using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Providers.Simulated;

namespace LlmPlatform.Edge.Tests.Providers.Simulated;

public sealed class SimulatedEmbeddingsTests
{
    [Fact]
    public void Texts_that_share_words_lie_nearer_than_texts_that_share_none()
    {
        var vectors = VectorsOf(
            """{"model":"m","input":["How are budgets held?","Budgets are held before","Elephants sleep standing"]}""");

        Assert.True(Nearness(vectors[0], vectors[1]) > Nearness(vectors[0], vectors[2]) + 0.3f);
        Assert.All(vectors, vector => Assert.Equal(1f, Nearness(vector, vector), 0.001f));
    }

    [Fact]
    public void The_same_text_gives_the_same_vector_in_either_spelling()
    {
        var floats = VectorsOf("""{"model":"m","input":"a b c","dimensions":32}""")[0];
        var answer = Answer("""{"model":"m","input":"a b c","dimensions":32,"encoding_format":"base64"}""")!;
        var bytes = Convert.FromBase64String(answer["data"]![0]!["embedding"]!.GetValue<string>());

        Assert.Equal(floats, MemoryMarshal.Cast<byte, float>(bytes).ToArray());
        Assert.Equal(3, answer["usage"]!["prompt_tokens"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"input\":[1,2]}")]
    [InlineData("{\"input\":{\"a\":1}}")]
    [InlineData("{\"input\":\"a\",\"input\":\"b\"}")]
    public void What_asks_for_no_embedding_is_refused(string body) => Assert.Null(Answer(body));

    private static JsonObject? Answer(string body) => SimulatedEmbeddings.Answer(Encoding.UTF8.GetBytes(body));

    private static List<float[]> VectorsOf(string body) =>
    [
        .. Answer(body)!["data"]!.AsArray().Select(entry => entry!["embedding"].Deserialize<float[]>()!),
    ];

    private static float Nearness(float[] one, float[] other) => one.Zip(other, (a, b) => a * b).Sum();
}
