using System.Buffers;
using System.Text;
using LlmPlatform.Edge.Embeddings;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Embeddings;

/// <summary>What is read of a request for embeddings, and what a provider sees of it.</summary>
public sealed class EmbeddingsRequestTests
{
    [Theory]
    [InlineData("{\"model\":\"m\",\"input\":\"a\"}")]
    [InlineData(" { \"input\" : [ \"a\" , \"b\" ] ,\n\"model\" : \"m\" , \"dimensions\":8, \"x\":[{\"model\":1}] } ")]
    [InlineData("{\"input\":[1,2,3],\"model\":\"m\"}")]
    [InlineData("{\"input\":[[1],[2]],\"encoding_format\":\"base64\",\"model\":\"m\",\"y\":1.0e2}")]
    public void Nothing_but_the_models_name_changes(string body)
    {
        var request = Read(body);
        var written = new ArrayBufferWriter<byte>();
        request.WriteTo(written, new PassThroughChanges("theirs", OutputBound: 5));

        Assert.Equal(("m", false, false), (request.Model, request.Stream, request.ProducesTokens));
        Assert.Equal(
            body.Replace("\"m\"", "\"theirs\"", StringComparison.Ordinal),
            Encoding.UTF8.GetString(written.WrittenSpan));
    }

    [Theory]
    [InlineData("{\"input\":\"a\"}", "model")]
    [InlineData("{\"model\":\"m\"}", "input")]
    [InlineData("{\"model\":\"m\",\"input\":null}", "input")]
    [InlineData("{\"model\":\"m\",\"input\":{}}", "input")]
    [InlineData("{\"model\":\"m\",\"input\":\"a\",\"input\":\"b\"}", "input")]
    [InlineData("{\"model\":\"m\",\"model\":\"n\",\"input\":\"b\"}", "model")]
    [InlineData("{\"model\":\"\",\"input\":\"b\"}", "model")]
    [InlineData("{\"model\":\"m\",\"input\":[\"a\"}", null)]
    [InlineData("[]", null)]
    public void What_is_wrong_is_named(string body, string? param)
    {
        Assert.Null(EmbeddingsRequest.Read(Encoding.UTF8.GetBytes(body), out var error));
        Assert.Equal((400, param), (error!.Status, error.Param));
    }

    [Fact]
    public void Texts_size_and_form_are_read_for_translation()
    {
        var request = Read(
            "{\"model\":\"m\",\"input\":[\"a\",\"b\"],\"dimensions\":8,\"encoding_format\":\"base64\",\"user\":\"u\"}")
            .ReadEmbedding();

        Assert.Equal(["a", "b"], request.Inputs);
        Assert.Equal((8, true, "u"), (request.Dimensions, request.AsBase64, request.User));
        var one = Read("{\"model\":\"m\",\"input\":\"a\"}").ReadEmbedding();
        Assert.Equal("a", Assert.Single(one.Inputs));
        Assert.Equal((null, false), (one.Dimensions, one.AsBase64));
    }

    [Theory]
    [InlineData("[1,2]", "token ids")]
    [InlineData("[[1],[2]]", "token ids")]
    [InlineData("[]", "texts")]
    [InlineData("[\"a\",true]", "input[1]")]
    public void What_no_other_protocol_can_say_is_refused(string input, string said)
    {
        var fault = Assert.Throws<TranslationException>(
            () => Read($$"""{"model":"m","input":{{input}}}""").ReadEmbedding());

        Assert.StartsWith("input", fault.Param);
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
    }

    private static EmbeddingsRequest Read(string body)
    {
        var request = EmbeddingsRequest.Read(Encoding.UTF8.GetBytes(body), out var error);
        Assert.True(request is not null, error?.Message);
        return request;
    }
}
