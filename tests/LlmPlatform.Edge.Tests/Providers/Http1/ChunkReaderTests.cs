using System.Text;
using LlmPlatform.Edge.Providers.Http1;

namespace LlmPlatform.Edge.Tests.Providers.Http1;

public sealed class ChunkReaderTests
{
    private const string Chunks =
        "5\r\nhello\r\n1;name=\"value\"\r\n \r\nC \r\nwide\r\nworld!\r\n0\r\nX-Trailer: told\r\n\r\n";

    [Fact]
    public void Content_is_the_same_in_whatever_pieces_its_chunks_come()
    {
        var bytes = Encoding.ASCII.GetBytes(Chunks);
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++)
            {
                var reader = new ChunkReader();
                var content = Take(ref reader, bytes[..first])
                    + Take(ref reader, bytes[first..second])
                    + Take(ref reader, bytes[second..]);

                Assert.Equal("hello wide\r\nworld!", content);
                Assert.True(reader.IsDone);
            }
        }
    }

    [Fact]
    public void What_follows_the_last_chunk_is_not_taken()
    {
        var reader = new ChunkReader();

        var content = reader.Take("1\r\nx\r\n0\r\n\r\nHTTP/1.1"u8.ToArray(), out var used);

        Assert.Equal(1, content);
        Assert.Equal("1\r\nx\r\n0\r\n\r\n".Length, used);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("x\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("1\r\nxx")]
    [InlineData("FFFFFFFFFFFFFFFF\r\n")]
    public void Chunks_that_cannot_be_read_are_a_fault(string chunks)
    {
        var bytes = Encoding.ASCII.GetBytes(chunks);

        Assert.Throws<HttpRequestException>(() => new ChunkReader().Take(bytes, out _));
    }

    private static string Take(ref ChunkReader reader, byte[] piece) =>
        Encoding.ASCII.GetString(piece, 0, reader.Take(piece, out _));
}
