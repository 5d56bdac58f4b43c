using System.Text.RegularExpressions;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Tests.Settlement;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Edge.Tests.Requests;

/// <summary>
/// A caller leaves by a reset after each event of a stream, on each public route: before the first, between any two,
/// after the last. The provider's own ledger says what was made until then.
/// </summary>
public sealed partial class DisconnectTests(EdgeUnderTest edge)
{
    private const int Lessons = 3;
    private const int Words = 10;
    private const double Tolerance = 0.1;

    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    // Events that come only with the provider's next words are waited for so long before those words are let go.
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(250);

    public static TheoryData<string> Routes { get; } = new(StreamedRoute.All.Select(route => route.Name));

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Drained_to_its_end_a_call_is_billed_once_to_the_token(string name)
    {
        var route = StreamedRoute.All.Single(one => one.Name == name);
        var model = edge.NewModel(route.Kind);
        var events = await LearnAsync(route, model);
        for (var leaveAfter = 0; leaveAfter <= events.Count; leaveAfter++)
        {
            var (billed, record) = await LeaveAsync(route, model, events, leaveAfter, isCut: false);
            Assert.True(
                record.UsageSource == UsageSources.Provider, $"after {leaveAfter} events: {record.UsageSource}");
            Assert.Equal((billed.Prompt, billed.Completion), Totals(record));
            Assert.Equal((100, 50), Totals(record));
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Cut_where_its_caller_left_a_call_is_billed_once_by_an_estimate_that_says_so(string name)
    {
        var route = StreamedRoute.All.Single(one => one.Name == name);
        var model = edge.NewModel(route.CutKind);
        var events = await LearnAsync(route, model);
        var estimates = 0;
        for (var leaveAfter = 0; leaveAfter <= events.Count; leaveAfter++)
        {
            var (billed, record) = await LeaveAsync(route, model, events, leaveAfter, isCut: true);
            var where = $"after {leaveAfter} of {events.Count} events: {record.Outcome}, {record.UsageSource}";
            if (record.UsageSource == UsageSources.Provider)
            {
                Assert.True(Totals(record) == (billed.Prompt, billed.Completion), where);
                continue;
            }

            estimates++;
            Assert.True(record is { UsageSource: UsageSources.GatewayCounted }, where);
            Assert.Equal(UsageOutcomes.ClientDisconnected, record.Outcome);
            var (input, output) = Totals(record);

            // Who leaves before anything has come may be gone before the opening that a first token is charged for.
            var least = leaveAfter == 0 ? 1 : 0;
            Assert.True(
                IsNear(billed.Prompt, input, 0) && IsNear(billed.Completion, output, least),
                $"{billed.Prompt} and {billed.Completion} estimated as {input} and {output}, {where}");
        }

        // All that left before the provider had said what it used, which it does at the end.
        Assert.True(estimates > events.Count(HasOneWord), $"only {estimates} estimates");
    }

    private static (long Input, long Output) Totals(UsageRecorded record) =>
        (record.Tokens.TotalInput, record.Tokens.TotalOutput);

    private static bool IsNear(long billed, long estimated, long least) =>
        Math.Abs(billed - estimated) <= Math.Max(least, billed * Tolerance);

    private static bool HasOneWord(string text) => Word().Count(text) == 1;

    // Whole streams, from which the edge learns how many tokens this model makes of its bytes.
    private async Task<IReadOnlyList<string>> LearnAsync(StreamedRoute route, string model)
    {
        IReadOnlyList<string> events = [];
        for (var lesson = 1; lesson <= Lessons; lesson++)
        {
            using var caller = await AskAsync(route, model);
            await caller.ReadToEndAsync();
            events = caller.Events;
            await UsageAsync(model, lesson);
        }

        Assert.Equal(Words, events.Count(HasOneWord));
        return events;
    }

    private async Task<(ProviderUsage Billed, UsageRecorded Record)> LeaveAsync(
        StreamedRoute route, string model, IReadOnlyList<string> events, int leaveAfter, bool isCut)
    {
        var provider = route.ProviderOf(edge);
        using var gate = new ChunkGate(events.Take(leaveAfter).Count(HasOneWord));
        provider.ScriptModel(model, new ProviderScript { BeforeChunk = gate.PassAsync });
        var before = Attempts().Count;
        using (var caller = await AskAsync(route, model))
        {
            await UntilAsync(() => Attempts().Count > before, "the provider is asked");

            // No word is let go that these events do not need, so that what was made is what was seen.
            while (!await caller.ReadAsync(leaveAfter, _patience))
                gate.LetOneGo();

            // A word let go because the machine was slow is on its way: it was made, and is to have been seen.
            var made = Math.Min(gate.Open, Words);
            await caller.ReadUntilAsync(seen => seen.Count(HasOneWord) >= made);
            caller.Leave();
        }

        if (!isCut)
            gate.LetAllGo();
        var record = await UsageAsync(model, before + 1);
        await UntilAsync(() => Attempts()[^1].Outcome != AttemptOutcome.Open, "the provider has ended its call");
        return (Attempts()[^1].Billed, record);

        List<ProviderAttempt> Attempts() =>
            [.. provider.Ledger.Attempts.Where(attempt => attempt.Model == model)];
    }

    private Task<LeavingCaller> AskAsync(StreamedRoute route, string model) =>
        LeavingCaller.AskAsync(edge.Address, route.Path, Landscape.Open, route.Body(model));

    // The usage of the latest of so many completed calls of this model: one record, or none would do.
    private async Task<UsageRecorded> UsageAsync(string model, int calls)
    {
        await UntilAsync(
            () => SpoolDirectory.CompletionsIn(edge.Spool.Money)
                .Count(entry => entry.Completed.ModelRequested == model) == calls,
            $"call {calls} of {model} is completed");
        var records = SpoolDirectory.UsageIn(edge.Spool)
            .Where(entry => entry.Usage.ModelRequested == model)
            .Select(entry => entry.Usage)
            .ToList();
        Assert.Equal(calls, records.Count);
        Assert.Equal(calls, records.Select(record => record.RequestId).Distinct().Count());
        return records[^1];
    }

    private static Task UntilAsync(Func<bool> condition, string what) =>
        Eventually.UntilAsync(condition, _deadline, what, TestContext.Current.CancellationToken);

    [GeneratedRegex("word[0-9]+ ")]
    private static partial Regex Word();
}
