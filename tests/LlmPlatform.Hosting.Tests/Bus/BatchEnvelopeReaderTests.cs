using System.Text;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Bus;
using MassTransit;
using MassTransit.Serialization;

namespace LlmPlatform.Hosting.Tests.Bus;

public sealed class BatchEnvelopeReaderTests
{
    private const string Completion =
        """
        {"eventId":"0195f3a0-0000-7000-8000-000000000001","requestId":"0195f3a0-0000-7000-8000-000000000002",
         "occurredAt":"2026-11-21T08:30:15.25+00:00","duration":"00:00:02.5","route":"/v1/chat/completions",
         "status":200,
         "attempts":[{"attempt":1,"provider":"sim","providerModel":"m","outcome":"completed","duration":"00:00:01"}]}
        """;

    private static readonly Guid MessageId = new("0195f3a0-0000-7000-8000-000000000009");

    private readonly BatchEnvelopeReader _reader = new();

    [Fact]
    public void An_envelope_of_an_edge_reads_as_MassTransit_reads_it()
    {
        var body = Envelope(Completion, "RequestCompletedBatch", "");
        var (ours, usual) = (Read(body), Usual(body));
        var message = Message(ours);
        Assert.Same(message, Message(ours));
        Assert.Equal(TimeSpan.FromSeconds(2.5), Assert.Single(message.Events).Duration);
        Assert.Equivalent(Message(usual), message, strict: true);
        Assert.Equal((MessageId, usual.SentTime), (ours.MessageId, ours.SentTime));
        Assert.Equal(usual.SupportedMessageTypes, ours.SupportedMessageTypes);
        Assert.False(ours.TryGetMessage<UsageRecordedBatch>(out _));
    }

    [Fact]
    public void A_record_of_an_earlier_version_with_capitals_reads_too()
    {
        var earlier = Completion.Replace("\"eventId\"", "\"EventId\"", StringComparison.Ordinal)
            .Replace("\"attempts\"", "\"Attempts\"", StringComparison.Ordinal);
        Assert.Equivalent(
            Message(Read(Envelope(Completion, "RequestCompletedBatch", ""))),
            Message(Read(Envelope(earlier, "RequestCompletedBatch", ""))),
            strict: true);
    }

    [Theory]
    [InlineData(",\"correlationId\":\"0195f3a0-0000-7000-8000-000000000003\"")]
    [InlineData(",\"expirationTime\":\"2026-11-21T08:30:15Z\"")]
    public void What_an_edge_does_not_write_is_left_to_MassTransit(string more)
    {
        var body = Envelope(Completion, "RequestCompletedBatch", more);
        Assert.Equivalent(Message(Usual(body)), Message(Read(body)), strict: true);
        Assert.Equal(Usual(body).CorrelationId, Read(body).CorrelationId);
        Assert.Equal(Usual(body).ExpirationTime, Read(body).ExpirationTime);
    }

    [Theory]
    [InlineData("{\"message\":{\"edgeId\":\"cut")]
    [InlineData(
        """{"message":{"edgeId":1},"messageType":["urn:message:LlmPlatform.Contracts.Usage:UsageRecordedBatch"]}""")]
    public void What_cannot_be_read_fails_as_it_always_has(string body)
    {
        var usual = Record.Exception(() => _ = Usual(body).TryGetMessage<UsageRecordedBatch>(out _));
        var ours = Record.Exception(() => _ = Read(body).TryGetMessage<UsageRecordedBatch>(out _));
        Assert.NotNull(usual);
        Assert.Equal(usual.GetType(), ours?.GetType());
    }

    private static string Envelope(string completion, string type, string more) =>
        "{\"message\":{\"edgeId\":\"0195f3a0-0000-7000-8000-000000000007\",\"epoch\":1,\"firstSequence\":5,"
        + $"\"events\":[{completion}]}},\"messageId\":\"{MessageId}\","
        + $"\"messageType\":[\"urn:message:LlmPlatform.Contracts.Requests:{type}\"],"
        + $"\"sentTime\":\"2026-11-21T08:30:16.0000000+00:00\",\"headers\":{{}}{more}}}";

    private static RequestCompletedBatch Message(SerializerContext context) =>
        context.TryGetMessage<RequestCompletedBatch>(out var message) ? message! : throw new InvalidDataException();

    private SerializerContext Read(string body) =>
        _reader.Deserialize(new BytesMessageBody(Encoding.UTF8.GetBytes(body)), EmptyHeaders.Instance);

    private static SerializerContext Usual(string body) => SystemTextJsonMessageSerializer.Instance.Deserialize(
        new BytesMessageBody(Encoding.UTF8.GetBytes(body)), EmptyHeaders.Instance);
}
