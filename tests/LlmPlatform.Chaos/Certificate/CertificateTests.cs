using System.Diagnostics;
using LlmPlatform.Chaos.Faults;
using LlmPlatform.Chaos.Grounds;
using LlmPlatform.Chaos.Oracle;
using LlmPlatform.Scenarios.Platform;

namespace LlmPlatform.Chaos.Certificate;

/// <summary>Faults of every kind, several at once, under callers of every kind; then every book is compared.</summary>
public sealed class CertificateTests(ProvingGrounds grounds)
{
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
        try
        {
            await BooksOracle.UntilBalancedAsync(ground, Now);
        }
        finally
        {
            var books = await BooksOracle.ReadAsync(ground, Now);
            await PublishAsync(new BooksCertificate(settings.Seed, took.Elapsed, done, ground.Calls, books));
        }
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
