using System.Diagnostics;
using LlmPlatform.Chaos.Faults;
using LlmPlatform.Chaos.Grounds;
using LlmPlatform.Chaos.Oracle;
using LlmPlatform.Scenarios.Platform;

namespace LlmPlatform.Chaos.Certificate;

/// <summary>Faults of every kind, several at once, under callers of every kind; then every book is compared.</summary>
public sealed class CertificateTests(ProvingGrounds grounds)
{
    private const int EnvelopesAgain = 200;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_books_balance_after_faults_of_every_kind()
    {
        var settings = CertificateSettings.Read();
        Console.WriteLine($"chaos: seed {settings.Seed}");
        var ground = await grounds.OfAsync(PlatformMode.SeparateProcesses);
        await using var envelopes = await CapturedEnvelopes.OfAsync(ground.Servers.RabbitMq);
        var done = new List<Fault>();
        var took = Stopwatch.StartNew();
        await using (var load = new MixedLoad(ground, settings.Callers, settings.Seed))
        {
            var dice = new Random(settings.Seed);
            var deck = new FaultDeck(dice, envelopes, settings.MostAtOnce);
            do
            {
                var round = deck.DealRound();
                await InflictAsync(ground, round, dice);
                done.AddRange(round);
            }
            while (!deck.IsEmpty || took.Elapsed < settings.Length);
            await load.StopAsync();
        }

        took.Stop();
        RebuiltBooks? rebuilt = null;
        try
        {
            await BooksOracle.UntilBalancedAsync(ground, Now);
            rebuilt = await RebuildAsync(ground, envelopes);
        }
        finally
        {
            var books = await BooksOracle.ReadAsync(ground, Now);
            await PublishAsync(new BooksCertificate(settings.Seed, took.Elapsed, done, ground.Calls, books, rebuilt));
        }
    }

    // What is derived from the usage rows is what they say; and stays so when they come again in another order.
    private static async Task<RebuiltBooks> RebuildAsync(ProvingGround ground, CapturedEnvelopes envelopes)
    {
        var first = await RebuiltBooks.OfAsync(ground.Platform);
        Assert.Empty(first.Differences());
        await envelopes.DeliverAgainAsync(EnvelopesAgain, times: 2);
        await BooksOracle.UntilBalancedAsync(ground, Now);
        var again = await RebuiltBooks.OfAsync(ground.Platform);
        Assert.Equal(first, again);
        return again;
    }

    private static async Task InflictAsync(ProvingGround ground, IReadOnlyList<Fault> round, Random dice)
    {
        var starts = round.Select(_ => TimeSpan.FromMilliseconds(dice.Next(1500))).ToList();
        Console.WriteLine($"chaos: {string.Join(" + ", round)}");
        await Task.WhenAll(round.Zip(starts, async (fault, start) =>
        {
            await Task.Delay(start, Now);
            await fault.InflictAsync(ground, Now);
            ground.Faults.Enqueue(fault.Kind);
        }));
        foreach (var proxy in ground.Platform.Servers.Proxies.Values)
            proxy.Heal();
        await ground.Platform.EnsureRunningAsync(Now);
    }

    // test.sh shows what stands in this file.
    private static async Task PublishAsync(BooksCertificate certificate)
    {
        Console.WriteLine(certificate);
        if (Environment.GetEnvironmentVariable("CHAOS_CERTIFICATE") is { Length: > 0 } file)
            await File.WriteAllTextAsync(file, certificate.ToString());
    }
}
