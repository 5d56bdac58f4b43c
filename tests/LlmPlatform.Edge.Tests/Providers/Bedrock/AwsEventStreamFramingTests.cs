using System.Text;
using LlmPlatform.Edge.Providers.Bedrock;

namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

public sealed class AwsEventStreamFramingTests
{
    // Messages whose bytes AWS publishes (aws-c-event-stream, its decoder's tests), and what they say.
    private const string Empty = "00000010 00000000 05c248eb 7d98c8ff";
    private const string NoHeaders = "0000001d 00000000 fd528c5a 7b27666f6f273a27626172277d c3653936";
    private const string OneNumber = "0000001e 0000000e 5d4adb8d 08 6576656e742d6964 04 00000020 2a4fb0ea";
    private const string OneFlag = "0000001a 0000000a afa7b954 08 6576656e742d6964 00 6a4414ad";
    private const string OneText =
        "0000003d 00000020 07fd8396 0c 636f6e74656e742d74797065 07 0010 6170706c69636174696f6e2f6a736f6e "
        + "7b27666f6f273a27626172277d 8d9c08b1";

    private static readonly byte[] Stream =
    [
        .. AwsEvents.Event("messageStart", """{"role":"assistant"}"""),
        .. AwsEvents.Event("contentBlockDelta", """{"delta":{"text":"Grüße 🌍"},"contentBlockIndex":0}"""),
        .. AwsEvents.Exception("throttlingException", """{"message":"slow down"}"""),
        .. AwsEvents.Error("InternalError", "it broke"),
    ];

    private static readonly string[] Said =
    [
        """event messageStart {"role":"assistant"}""",
        """event contentBlockDelta {"delta":{"text":"Grüße 🌍"},"contentBlockIndex":0}""",
        """exception throttlingException {"message":"slow down"}""",
        "error InternalError it broke",
    ];

    [Theory]
    [InlineData(Empty, "")]
    [InlineData(NoHeaders, "{'foo':'bar'}")]
    [InlineData(OneNumber, "")]
    [InlineData(OneFlag, "")]
    [InlineData(OneText, "{'foo':'bar'}")]
    public void The_published_messages_are_read(string message, string payload)
    {
        var bytes = Convert.FromHexString(message.Replace(" ", "", StringComparison.Ordinal));

        Assert.Equal([$"  {payload}"], Read([bytes]));
    }

    [Fact]
    public void Events_exceptions_and_errors_are_told_apart() => Assert.Equal(Said, Read([Stream]));

    [Fact]
    public void A_stream_says_the_same_wherever_it_is_cut() => Assert.All(
        Enumerable.Range(0, Stream.Length + 1), at => Assert.Equal(Said, Read([Stream[..at], Stream[at..]])));

    [Fact]
    public void A_stream_says_the_same_in_single_bytes() =>
        Assert.Equal(Said, Read(Stream.Select(value => new[] { value })));

    [Fact]
    public void A_single_wrong_bit_anywhere_never_passes()
    {
        for (var bit = 0; bit < Stream.Length * 8; bit++)
        {
            var damaged = (byte[])Stream.Clone();
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            var read = new List<string>();

            Assert.Throws<InvalidDataException>(() => Read([damaged], read));

            Assert.Equal(Said[..read.Count], read);
        }
    }

    [Fact]
    public void A_stream_that_ends_within_a_message_brings_it_not()
    {
        var first = AwsEvents.Event("messageStart", """{"role":"assistant"}""").Length;

        Assert.Equal(Said[..^1], Read([Stream[..^1]]));
        Assert.Equal(Said[..1], Read([Stream[..(first + 5)]]));
    }

    [Fact]
    public void Headers_of_every_type_are_passed_over()
    {
        var headers = new StringBuilder();
        int[] lengths = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16];
        for (var type = 0; type < lengths.Length; type++)
        {
            headers.Append('\u0001').Append('x').Append((char)type);
            headers.Append(lengths[type] < 0 ? "\0\u0003abc" : new string('z', lengths[type]));
        }

        var message = AwsEvents.Message(
            headers + AwsEvents.Header(":message-type", "event") + AwsEvents.Header(":event-type", "metadata"), "{}");

        Assert.Equal(["event metadata {}"], Read([message]));
    }

    [Theory]
    [InlineData(15u, 0u)]
    [InlineData(AwsEventStreamFraming.MaxMessageLength + 1u, 0u)]
    [InlineData(uint.MaxValue, 0u)]
    [InlineData(16u, 1u)]
    [InlineData(1_000_000u, AwsEventStreamFraming.MaxHeadersLength + 1u)]
    [InlineData(100u, uint.MaxValue)]
    public void Lengths_that_cannot_be_are_refused_before_anything_is_awaited(uint length, uint headersLength) =>
        Assert.Throws<InvalidDataException>(() => Read([AwsEvents.Lying(length, headersLength)[..12]]));

    [Theory]
    [InlineData("\u0005:even")]
    [InlineData("\u0001x")]
    [InlineData("\u0001x\u0007\0")]
    [InlineData("\u0001x\u0007\0\u0005abc")]
    [InlineData("\u0001x\u000a")]
    public void Headers_that_break_off_are_refused(string headers) =>
        Assert.Throws<InvalidDataException>(() => Read([AwsEvents.Message(headers, "{}")]));

    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void The_checksum_is_the_one_of_IEEE_also_in_pieces(string text, uint sum)
    {
        var bytes = Encoding.ASCII.GetBytes(text);

        Assert.Equal(sum, Crc32.Of(bytes));
        Assert.All(
            Enumerable.Range(0, bytes.Length + 1),
            at => Assert.Equal(sum, Crc32.Of(bytes.AsSpan(at), Crc32.Of(bytes.AsSpan(0, at)))));
    }

    private static List<string> Read(IEnumerable<byte[]> pieces) => Read(pieces, []);

    // As the relay drives a framing: what has come in is shown whole, and an event is taken away once it is read.
    private static List<string> Read(IEnumerable<byte[]> pieces, List<string> said)
    {
        using var framing = new AwsEventStreamFraming();
        var pending = new List<byte>();
        foreach (var piece in pieces.Append([]))
        {
            pending.AddRange(piece);
            while (framing.TryRead(pending.ToArray(), ended: piece.Length == 0, out var streamEvent))
            {
                var message = AwsEventMessage.Read(streamEvent.Whole);
                Assert.Equal(message.Name, streamEvent.Name);
                Assert.Equal(message.Type.SequenceEqual("event"u8) || message.Type.IsEmpty, !message.IsFault);
                var text = message.ErrorText.IsEmpty ? streamEvent.Payload : message.ErrorText;
                said.Add($"{Text(message.Type)} {Text(message.Name)} {Text(text)}");
                pending.RemoveRange(0, streamEvent.Whole.Length);
            }
        }

        return said;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
