using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Bus;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Network;
using RabbitMQ.Client;

namespace LlmPlatform.Hosting.Tests.Bus;

public sealed class GatheringTests
{
    private const string Queue = "hosting-gathering";
    private const int Rounds = 12;
    private const int EnvelopesOfARound = 6;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _wait = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // A connection that breaks while envelopes wait for their batch gives each of them a second delivery, and the first
    // may still be there when the second comes.
    [Fact]
    public async Task No_envelope_leaves_its_queue_before_it_was_worked_on_however_often_its_connection_breaks()
    {
        await using var broker = await Broker.StartAsync();
        await using var proxy = new FaultyProxy(new Uri(broker.Address).Port);
        var worked = new ConcurrentDictionary<long, bool>();
        var store = Task.CompletedTask;
        var gathering = new Gathering<UsageRecordedBatch>(
            100,
            _wait,
            async (envelopes, cancellationToken) =>
            {
                await store.WaitAsync(cancellationToken);
                foreach (var envelope in envelopes)
                    worked[envelope.FirstSequence] = true;
            },
            TimeProvider.System);
        await using var host = await BusHost.StartAsync(
            new UriBuilder(broker.Address) { Port = proxy.Port }.ToString(),
            bus => bus.AddConsumer<GatheringConsumer>(),
            gathering,
            deliveries: 1000);
        await using var channel = await broker.ChannelAsync();

        var random = new Random(5);
        var sent = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            // Every second time the store is away while connections break.
            var away = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            store = round % 2 == 0 ? away.Task : Task.CompletedTask;
            for (var envelope = 0; envelope < EnvelopesOfARound; envelope++)
            {
                await SendAsync(channel, ++sent);
                if (random.Next(3) == 0)
                {
                    proxy.Cut();
                    await Task.Delay(random.Next(150), Cancellation);
                }
            }

            await broker.UntilAsync(Queue, messages: 0);
            away.SetResult();
        }

        await Eventually.UntilAsync(
            () => worked.Count == sent, _patience, $"all {sent} envelopes are worked on", Cancellation);
    }

    [Fact]
    public async Task What_fails_fails_alone_and_as_many_as_fit_are_worked_on_at_once()
    {
        var batches = new ConcurrentQueue<int>();
        var clock = new ManualTimeProvider();
        var gathering = new Gathering<int>(
            4,
            _wait,
            (numbers, _) =>
            {
                batches.Enqueue(numbers.Count);
                return numbers.Contains(-1) ? throw new InvalidDataException("minus one") : Task.CompletedTask;
            },
            clock);

        var added = new[] { 1, 2, -1, 3, 4, 5 }.Select(number => gathering.AddAsync(number, Cancellation)).ToList();

        await Assert.ThrowsAsync<InvalidDataException>(() => added[2].WaitAsync(_patience, Cancellation));
        added.RemoveAt(2);
        await Task.WhenAll(added[..3]).WaitAsync(_patience, Cancellation);
        await Eventually.UntilAsync(
            () => clock.WaitingTimers == 1, _patience, "the rest waits for others", Cancellation);
        clock.Advance(_wait);
        await Task.WhenAll(added).WaitAsync(_patience, Cancellation);
        Assert.Equal(4, batches.First());
        Assert.Equal(2, batches.Last());
    }

    [Fact]
    public async Task Work_goes_on_while_anyone_waits_for_it_and_is_abandoned_after_that()
    {
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var begun = new TaskCompletionSource<CancellationToken>();
        var gathering = new Gathering<int>(
            2,
            _patience,
            (_, cancellationToken) =>
            {
                begun.SetResult(cancellationToken);
                return Task.Delay(Timeout.Infinite, cancellationToken);
            },
            TimeProvider.System);
        var added = new[] { gathering.AddAsync(1, first.Token), gathering.AddAsync(2, second.Token) };
        var work = await begun.Task.WaitAsync(_patience, Cancellation);

        await first.CancelAsync();
        Assert.False(work.IsCancellationRequested);
        await second.CancelAsync();

        foreach (var (one, token) in added.Zip([first.Token, second.Token]))
        {
            var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => one.WaitAsync(_patience, Cancellation));
            Assert.Equal(token, cancelled.CancellationToken);
        }
    }

    private static Task SendAsync(IChannel channel, long sequence)
    {
        var id = "0195f3a0-0000-7000-8000-" + sequence.ToString("x12", CultureInfo.InvariantCulture);
        var body =
            $$$"""
            {"message":{"edgeId":"0195f3a0-0000-7000-8000-000000000007","epoch":1,"firstSequence":{{{sequence}}},
            "events":[]},"messageId":"{{{id}}}",
            "messageType":["urn:message:LlmPlatform.Contracts.Usage:UsageRecordedBatch"],
            "sentTime":"2026-11-21T08:30:16.0000000+00:00","headers":{}}
            """;
        var properties = new BasicProperties
        {
            ContentType = "application/vnd.masstransit+json",
            MessageId = id,
        };
        return channel.BasicPublishAsync(
            exchange: "", Queue, mandatory: true, properties, Encoding.UTF8.GetBytes(body), Cancellation).AsTask();
    }
}
