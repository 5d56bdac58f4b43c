using System.Text;
using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Hosting.Tests.Redis;

public sealed class RespReaderTests
{
    private const string Replies =
        "+OK\r\n:-9223372036854775808\r\n$-1\r\n*-1\r\n$0\r\n\r\n$5\r\na\r\nb\n\r\n*0\r\n"
        + "*3\r\n:1\r\n*2\r\n$1\r\nx\r\n*1\r\n-ERR no\r\n+PONG\r\n";

    private static readonly string[] _expected =
        ["OK", "-9223372036854775808", "nil", "nil", "", "a\r\nb\n", "[]", "[1 [x [!ERR]] PONG]"];

    [Fact]
    public void Replies_cut_at_any_place_are_read_the_same()
    {
        var bytes = Encoding.UTF8.GetBytes(Replies);
        for (var size = 1; size <= bytes.Length; size++)
        {
            var reader = new RespReader(1_000);
            var seen = new List<string>();
            foreach (var piece in bytes.Chunk(size))
                seen.AddRange(Feed(reader, piece).Select(Text));
            Assert.Equal(_expected, seen);
        }
    }

    [Fact]
    public void A_reply_far_larger_than_the_buffer_is_read_between_small_ones()
    {
        var reader = new RespReader(10_000_000);
        var value = new string('é', 2_000_000);
        var bytes = Encoding.UTF8.GetBytes($":1\r\n${4_000_000}\r\n{value}\r\n:2\r\n");

        var seen = bytes.Chunk(50_000).SelectMany(piece => Feed(reader, piece)).Select(Text).ToList();

        Assert.Equal(["1", value, "2"], seen);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("+OK\n")]
    [InlineData(":one\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$3\r\nabcd\r\n")]
    [InlineData("$1001\r\n")]
    [InlineData("*99999999999\r\n")]
    public void What_is_not_resp_or_too_large_is_refused(string bytes) =>
        Assert.Throws<RedisProtocolException>(() => Feed(new RespReader(1_000), Encoding.UTF8.GetBytes(bytes)));

    [Fact]
    public void A_reply_of_many_small_values_is_held_to_the_limit_too()
    {
        var reader = new RespReader(1_000);
        var bytes = Encoding.UTF8.GetBytes("*900\r\n" + string.Concat(Enumerable.Repeat(":1\r\n", 899)));

        Assert.Throws<RedisProtocolException>(() => bytes.Chunk(100).SelectMany(piece => Feed(reader, piece)).ToList());
    }

    [Fact]
    public void Arrays_nested_too_deep_are_refused()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("*1\r\n", 100)) + ":1\r\n");
        Assert.Throws<RedisProtocolException>(() => Feed(new RespReader(1_000), bytes));
    }

    private static List<RedisReply> Feed(RespReader reader, ReadOnlySpan<byte> bytes)
    {
        var replies = new List<RedisReply>();
        while (!bytes.IsEmpty)
        {
            var free = reader.Free().Span;
            var count = Math.Min(free.Length, bytes.Length);
            bytes[..count].CopyTo(free);
            bytes = bytes[count..];
            reader.Advance(count);
            while (reader.TryRead(out var reply))
                replies.Add(reply);
        }
        return replies;
    }

    private static string Text(RedisReply reply) => reply.Kind switch
    {
        RedisReplyKind.Array => $"[{string.Join(' ', reply.Items.ToArray().Select(Text))}]",
        RedisReplyKind.Error => $"!{Assert.Throws<RedisServerException>(() => reply.AsString()).Code}",
        _ => reply.AsString() ?? "nil",
    };
}
