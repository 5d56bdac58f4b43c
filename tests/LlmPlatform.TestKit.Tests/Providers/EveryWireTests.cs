using System.Net;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.TestKit.Tests.Providers;

/// <summary>What a script says happens on every wire alike.</summary>
public sealed class EveryWireTests
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<ProviderWire, (string Path, string Body)> _streams = new()
    {
        [ProviderWire.OpenAi] = (
            "chat/completions",
            """
            {"model":"m","stream":true,"stream_options":{"include_usage":true},
             "messages":[{"role":"user","content":"hi"}]}
            """),
        [ProviderWire.Anthropic] = (
            "messages",
            """{"model":"m","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"hi"}]}"""),
        [ProviderWire.Gemini] = (
            "models/m:streamGenerateContent?alt=sse",
            """{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"""),
        [ProviderWire.Bedrock] = (
            "model/m/converse-stream",
            """{"messages":[{"role":"user","content":[{"text":"hi"}]}]}"""),
    };

    public static TheoryData<ProviderWire> All { get; } = new(Enum.GetValues<ProviderWire>());

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_cut_stream_bills_what_was_made_and_is_no_whole_answer(ProviderWire wire)
    {
        var (attempt, text) = await StreamAsync(wire, new ProviderScript { CutAfterChunks = 4 });
        Assert.Equal((AttemptOutcome.Broken, new ProviderUsage(100, 20)), (attempt.Outcome, attempt.Billed));
        Assert.DoesNotContain("word4", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task An_error_in_a_stream_comes_after_what_was_made(ProviderWire wire)
    {
        var (attempt, text) = await StreamAsync(wire, new ProviderScript { ErrorAfterChunks = 4 });
        Assert.Equal((AttemptOutcome.Broken, new ProviderUsage(100, 20)), (attempt.Outcome, attempt.Billed));
        Assert.Contains("word3", text, StringComparison.Ordinal);
        Assert.True(
            text.Contains("error", StringComparison.Ordinal) || text.Contains("Exception", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Usage_that_is_left_out_is_billed_all_the_same(ProviderWire wire)
    {
        var (said, with) = await StreamAsync(wire, new ProviderScript());
        var (silent, without) = await StreamAsync(wire, new ProviderScript { OmitUsage = true });
        Assert.Equal((true, false), (said.UsageSent, silent.UsageSent));
        Assert.Contains("usage", with, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("usage", without, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(said.Billed, silent.Billed);
    }

    [Theory]
    [InlineData(ProviderWire.OpenAi, AnswerEnding.Length, "\"length\"")]
    [InlineData(ProviderWire.OpenAi, AnswerEnding.ContentFilter, "\"content_filter\"")]
    [InlineData(ProviderWire.Anthropic, AnswerEnding.Length, "\"max_tokens\"")]
    [InlineData(ProviderWire.Anthropic, AnswerEnding.Refusal, "\"refusal\"")]
    [InlineData(ProviderWire.Gemini, AnswerEnding.Length, "\"MAX_TOKENS\"")]
    [InlineData(ProviderWire.Gemini, AnswerEnding.ContentFilter, "\"SAFETY\"")]
    [InlineData(ProviderWire.Gemini, AnswerEnding.Refusal, "\"blockReason\"")]
    [InlineData(ProviderWire.Bedrock, AnswerEnding.Length, "\"max_tokens\"")]
    [InlineData(ProviderWire.Bedrock, AnswerEnding.ContentFilter, "\"content_filtered\"")]
    public async Task A_stream_says_why_it_ended_in_its_own_words(ProviderWire wire, AnswerEnding ending, string word)
    {
        var (attempt, text) = await StreamAsync(wire, new ProviderScript { Ending = ending });
        Assert.Equal(AttemptOutcome.Completed, attempt.Outcome);
        Assert.Contains(word, text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_test_decides_how_much_of_a_stream_there_is(ProviderWire wire)
    {
        var enough = new TaskCompletionSource();
        var script = new ProviderScript
        {
            BeforeChunk = (sent, token) => sent < 3 ? Task.CompletedTask : enough.Task.WaitAsync(token),
        };
        await using var provider = await FakeProvider.StartAsync(script, wire);
        using var client = ClientOf(provider);
        using var response = await client.SendAsync(_streams[wire].Path, _streams[wire].Body);
        await Eventually.UntilAsync(
            () => provider.Ledger.Attempts[0].Billed.Completion == 15, _deadline, "three chunks are made", Now);
        enough.SetResult();
        await response.Content.ReadAsStringAsync(Now);
        await Eventually.UntilAsync(() => provider.Ledger.Open == 0, _deadline, "the ledger is settled", Now);
        Assert.Equal(50, Assert.Single(provider.Ledger.Completed).Billed.Completion);
    }

    private static async Task<(ProviderAttempt Attempt, string Text)> StreamAsync(
        ProviderWire wire, ProviderScript script)
    {
        await using var provider = await FakeProvider.StartAsync(script, wire);
        using var client = ClientOf(provider);
        using var text = new MemoryStream();
        try
        {
            using var response = await client.SendAsync(_streams[wire].Path, _streams[wire].Body);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await response.Content.CopyToAsync(text, Now);
        }
        catch (HttpRequestException) when (script.CutAfterChunks is not null)
        {
            // What a reset connection had brought before is lost with it, as far as nobody had read it.
        }

        await Eventually.UntilAsync(() => provider.Ledger.Open == 0, _deadline, "the ledger is settled", Now);
        return (provider.Ledger.Attempts[0], System.Text.Encoding.UTF8.GetString(text.ToArray()));
    }

    // One client for all: each wire looks for its own way to say who is there.
    private static WireClient ClientOf(FakeProvider provider) => new(
        provider,
        ("Authorization", "Bearer key"),
        ("x-api-key", "key"),
        ("anthropic-version", "2023-06-01"),
        ("x-goog-api-key", "key"));
}
