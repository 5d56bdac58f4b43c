using System.Collections.Concurrent;
using System.Text.Json;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Scenarios.Sdks;

/// <summary>What an SDK's script saw of one upstream's models, and what the provider saw of it.</summary>
/// <param name="Seen">By scenario.</param>
/// <param name="Attempts">The provider's ledger of this run.</param>
/// <param name="Upstream">The provider.</param>
internal sealed record SdkRun(
    IReadOnlyDictionary<string, JsonElement> Seen, IReadOnlyList<ProviderAttempt> Attempts, Upstream Upstream)
{
    /// <summary>What a whole answer says.</summary>
    public const string Words = "word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 ";

    /// <summary>What fits the schema that the scripts ask for.</summary>
    public const string Fitting = """{"city":"sample","days":7}""";

    private static readonly ConcurrentDictionary<string, Task<SdkRun>> _runs = new();

    /// <summary>Runs a script once for an upstream, however many tests look at it.</summary>
    public static Task<SdkRun> OfAsync(string script, SharedStages stages, string upstream) =>
        _runs.GetOrAdd($"{script} {upstream}", _ => RunAsync(script, stages, upstream));

    /// <summary>What a scenario saw; fails when it threw.</summary>
    public JsonElement Result(string scenario)
    {
        var seen = Seen[scenario];
        Assert.False(seen.TryGetProperty("thrown", out _), $"{scenario}: {seen.GetRawText()}");
        return seen;
    }

    /// <summary>A text of what a scenario saw.</summary>
    public string? Text(string scenario, string member) => Result(scenario).GetProperty(member).GetString();

    /// <summary>A number of the usage that a scenario saw.</summary>
    public int Usage(string scenario, string member) =>
        Result(scenario).GetProperty("usage").GetProperty(member).GetInt32();

    /// <summary>Asserts which of its classes the SDK threw.</summary>
    public JsonElement AssertThrown(string scenario, string type, int status)
    {
        var seen = Seen[scenario];
        Assert.True(seen.TryGetProperty("thrown", out var thrown), $"{scenario}: {seen.GetRawText()}");
        Assert.Equal((type, status), (thrown.GetString(), seen.GetProperty("status").GetInt32()));
        Assert.NotEqual("", seen.GetProperty("message").GetString());
        return seen;
    }

    /// <summary>How the calls of a role's model ended at the provider.</summary>
    public IEnumerable<AttemptOutcome> OutcomesOf(string role) => Attempts
        .Where(attempt => attempt.Model == Upstream.ProviderModelOf(role))
        .Select(attempt => attempt.Outcome);

    private static async Task<SdkRun> RunAsync(string script, SharedStages stages, string name)
    {
        var stage = await stages.OfAsync(PlatformMode.OneProcess);
        var upstream = stage.Upstreams[name];
        upstream.Provider.Ledger.Forget();
        var status = name == Upstreams.Anthropic ? 529 : 503;
        upstream.Provider.RefuseNext(2, status, TimeSpan.FromSeconds(1), upstream.ProviderModelOf(Upstream.Busy));
        var seen = await NodeScript.RunAsync(script, stage, name);
        return new SdkRun(
            seen,
            await upstream.Provider.Ledger.ClosedAsync(null, TestContext.Current.CancellationToken),
            upstream);
    }
}
