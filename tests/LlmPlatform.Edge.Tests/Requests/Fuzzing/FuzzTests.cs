using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LlmPlatform.Edge.Tests.Requests.Fuzzing;

/// <summary>
/// Ten thousand requests that nobody sane would send, over every public route. An edge of its own, alone in the
/// process: it is weighed before and after.
/// </summary>
[Collection(Alone)]
public sealed class FuzzTests : IAsyncLifetime
{
    public const string Alone = "alone in the process";

    private const int Requests = 10_000;
    private const int AtOnce = 16;
    private const int FaultsShown = 5;
    private const long MostGrowthBytes = 16 * 1024 * 1024;
    private const string Canary = "canary-5d1e0c7a94";
    private const string SeedVariable = "LLM_PLATFORM_FUZZ_SEED";

    // The same storm each time, so that a red run tells of the change that was made; the variable sends another.
    private const int UsualSeed = 576649;

    private static readonly string[] _models = ["m1", "claude-1", "google-1", "bed-1"];

    private readonly ConcurrentDictionary<int, int> _statuses = [];
    private readonly EdgeUnderTest _edge = new();
    private readonly int _seed = int.TryParse(
        Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var given)
        ? given
        : UsualSeed;

    public ValueTask InitializeAsync() => _edge.InitializeAsync();

    public ValueTask DisposeAsync() => _edge.DisposeAsync();

    [Fact]
    public async Task Whatever_is_sent_is_answered_clearly_leaks_nothing_and_leaves_nothing_behind()
    {
        var fuzzer = new RequestFuzzer(_seed, _models, Canary);
        await SendAsync(fuzzer, 0, Requests / 4);
        var before = Weigh();
        await SendAsync(fuzzer, Requests / 4, Requests);
        AssertKept();
        var grown = Weigh() - before;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{grown:N0} bytes more; answers: {string.Join(", ", _statuses.OrderBy(pair => pair.Key))}");
        Assert.True(
            grown < MostGrowthBytes,
            $"{SeedVariable}={_seed}: {grown:N0} bytes more after {Requests * 3 / 4} further requests");
    }

    private static void AssertAnswered(FuzzedRequest request, RawAnswer answer)
    {
        Assert.True(answer.Status < 500, $"status {answer.Status}: {answer.Body}");
        if (request.IsBrokenHttp)
            return;
        Assert.True(answer.Status >= 200, "no answer");
        if (answer.Status >= 400)
            AssertClear(request, answer);
    }

    // An error in the protocol of the route: a sentence, and a code to act on.
    private static void AssertClear(FuzzedRequest request, RawAnswer answer)
    {
        Assert.Contains("application/json", answer.Head, StringComparison.OrdinalIgnoreCase);
        using var body = JsonDocument.Parse(answer.Body);
        var error = body.RootElement.GetProperty("error");
        Assert.True(error.GetProperty("message").GetString()!.Length > 10, answer.Body);
        Assert.NotEqual("", error.GetProperty("type").GetString());
        if (request.IsAnthropic)
            Assert.Equal("error", body.RootElement.GetProperty("type").GetString());
        else
            Assert.True(error.TryGetProperty("code", out _), answer.Body);
    }

    private async Task SendAsync(RequestFuzzer fuzzer, int from, int to)
    {
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = AtOnce,
            CancellationToken = TestContext.Current.CancellationToken,
        };
        var faults = new ConcurrentQueue<string>();
        await Parallel.ForAsync(from, to, options, async (number, _) =>
        {
            var request = fuzzer.Make(number);
            try
            {
                var answer = await RawExchange.SendAsync(_edge.Address, request);
                _statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
                AssertAnswered(request, answer);
                AssertSilent(answer);
            }
            catch (Exception fault) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                faults.Enqueue($"request {number}: {fault.Message}\n{request}");
            }
        });
        var causes = _edge.Log.Where(line => line.StartsWith("Error", StringComparison.Ordinal)).Distinct();
        Assert.True(
            faults.IsEmpty,
            $"{SeedVariable}={_seed}: {faults.Count} faults\n{string.Join("\n\n", faults.Take(FaultsShown))}"
            + $"\nlogged:\n{string.Join("\n", causes.Take(FaultsShown))}");
    }

    // What opens doors, where providers are and how we are made is in no answer.
    private void AssertSilent(RawAnswer answer)
    {
        var all = answer.Head + answer.Body;
        string[] secrets =
        [
            Landscape.ProviderSecret, EdgeUnderTest.MasterKeyText, _edge.First.BaseUrl.Authority,
            _edge.Anthropic.BaseUrl.Authority, _edge.Gemini.BaseUrl.Authority, _edge.Bedrock.BaseUrl.Authority,
            "LlmPlatform.", "   at ", "Exception",
        ];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
    }

    // No prompt is in a log or a file, whatever was wrong with the request around it.
    private void AssertKept()
    {
        Assert.DoesNotContain(_edge.Log, line => line.Contains(Canary, StringComparison.Ordinal));
        foreach (var file in Directory.GetFiles(_edge.DataDirectory, "*", SearchOption.AllDirectories))
        {
            // The lock file is another's to read, by its nature.
            if (file.EndsWith(".lock", StringComparison.Ordinal))
                continue;
            using var stream = new FileStream(
                file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.DoesNotContain(Canary, reader.ReadToEnd(), StringComparison.Ordinal);
        }
    }

    private long Weigh()
    {
        _edge.ForgetLog();
        foreach (var provider in new[] { _edge.First, _edge.Anthropic, _edge.Gemini, _edge.Bedrock })
            provider.Ledger.Forget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>What runs when nothing else does.</summary>
    [CollectionDefinition(Alone, DisableParallelization = true)]
    public sealed class AloneCollection;
}
