using System.IO.Pipelines;
using LlmPlatform.Edge.Idempotency;

namespace LlmPlatform.Edge.Tests.Idempotency;

/// <summary>What is kept of an answer on its way to its caller.</summary>
public sealed class AnswerRecordingTests
{
    [Fact]
    public async Task What_passes_is_kept_and_arrives()
    {
        var pipe = new Pipe();
        using var recording = new AnswerRecording(pipe.Writer, 100, CancellationToken.None);
        await recording.WriteAsync(new byte[] { 1, 2 }, TestContext.Current.CancellationToken);
        await recording.WriteAsync(new byte[] { 3 }, TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3], recording.Bytes.ToArray());
        var arrived = await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, arrived.Buffer.Length);
        Assert.False(recording.IsWhole);
        recording.MarkWhole();
        Assert.Equal((true, false), (recording.IsWhole, recording.IsTooLarge));
    }

    [Fact]
    public async Task A_caller_that_went_away_is_recorded_on()
    {
        var pipe = new Pipe();
        await pipe.Reader.CompleteAsync();
        using var recording = new AnswerRecording(pipe.Writer, 100, new CancellationToken(canceled: true));
        for (byte i = 0; i < 5; i++)
        {
            var flushed = await recording.WriteAsync(new[] { i }, TestContext.Current.CancellationToken);
            Assert.False(flushed.IsCompleted);
        }

        Assert.Equal([0, 1, 2, 3, 4], recording.Bytes.ToArray());
    }

    [Fact]
    public async Task More_than_the_bound_is_not_kept_and_still_arrives()
    {
        var pipe = new Pipe();
        using var recording = new AnswerRecording(pipe.Writer, 4, CancellationToken.None);
        Assert.Equal((true, false), (recording.Takes(4), recording.Takes(5)));
        foreach (var part in (byte[][])[[1, 2, 3], [4, 5], [6]])
        {
            await recording.WriteAsync(part, TestContext.Current.CancellationToken);
        }

        Assert.True(recording.IsTooLarge);
        Assert.Equal(0, recording.Bytes.Length);
        Assert.Equal(6, (await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken)).Buffer.Length);
    }
}
