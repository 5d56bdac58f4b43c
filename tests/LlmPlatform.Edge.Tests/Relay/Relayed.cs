using System.IO.Pipelines;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Tests.Providers.OpenAi;

namespace LlmPlatform.Edge.Tests.Relay;

/// <summary>What a caller gets of a stream that is relayed to its end.</summary>
internal static class Relayed
{
    public static async Task<string> AllAsync(StreamPassage passage, byte[] stream)
    {
        using var attempt = await Reads.AnswerAsync(ChatWritten.Provider("openai", "http://p/v1"), [stream]);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        using var relay = new StreamRelay(attempt, passage, pipe.Writer, 1 << 20, TimeProvider.System);
        Assert.Null(await relay.ReadFirstAsync(TimeSpan.FromMinutes(1)));
        Assert.Null(await relay.RunAsync(new Unobserved(), CancellationToken.None));
        await pipe.Writer.CompleteAsync();
        return await new StreamReader(pipe.Reader.AsStream()).ReadToEndAsync();
    }

    private sealed class Unobserved : IStreamObserver
    {
        public void OnFirstContent()
        {
        }

        public void OnProgress()
        {
        }

        public ValueTask SettleAsync() => default;
    }
}
