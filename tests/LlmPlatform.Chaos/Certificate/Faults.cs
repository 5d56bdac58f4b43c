using System.Globalization;
using LlmPlatform.Chaos.Faults;
using LlmPlatform.Chaos.Grounds;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Chaos.Certificate;

/// <summary>Everything that may go wrong, with lengths and victims by the dice.</summary>
internal static class Faults
{
    private const int EnvelopesAtOnce = 100;
    private const int CallsAtOnce = 32;

    private static readonly TimeSpan _fillDeadline = TimeSpan.FromMinutes(4);

    private static readonly string[] _processes =
        ["edge-1", "edge-2", "router", "metering", "billing", "audit", "alerting"];

    /// <summary>One of each kind, and of most kinds one for each victim.</summary>
    public static IReadOnlyList<Fault> OfEveryKind(Random dice, CapturedEnvelopes envelopes)
    {
        var faults = new List<Fault>();
        foreach (var process in _processes)
            faults.Add(KillProcess(process, Seconds(dice, 0, 3)));
        // An edge holds what nobody else has yet: it dies more often than the others.
        faults.Add(KillProcess("edge-1", Seconds(dice, 0, 1)));
        faults.Add(Damage("edge-1", "a record half written", SpoolDamage.TearAsync, dice));
        faults.Add(Damage("edge-2", "a byte flipped", SpoolDamage.FlipAsync, dice));
        foreach (var server in Enum.GetValues<RealServer>())
        {
            faults.Add(KillServer(server, Seconds(dice, 0, 4)));
            faults.Add(CutConnections(server, 1 + dice.Next(4), Seconds(dice, 0.1, 1)));
            faults.Add(SlowConnections(server, TimeSpan.FromMilliseconds(dice.Next(5, 60)), Seconds(dice, 1, 4)));
            faults.Add(HoldConnections(server, Seconds(dice, 1, 5)));
        }

        var any = () => _processes[dice.Next(_processes.Length)];
        faults.Add(StopProcess(any()));
        faults.Add(FreezeProcess(any(), Seconds(dice, 1, 6)));
        faults.Add(FreezeProcess("edge-1", Seconds(dice, 1, 12)));
        faults.Add(SkewClock(any(), TimeSpan.FromSeconds(dice.Next(-600, 600))));
        faults.Add(SkewClock("edge-2", TimeSpan.FromSeconds(dice.Next(-600, 600))));
        faults.Add(FillSpool());
        faults.Add(DeliverAgain(envelopes, times: 1 + dice.Next(3)));
        return faults;
    }

    private static Fault KillProcess(string process, TimeSpan away) => new(
        $"kill -9 {process}", process, async (ground, cancellationToken) =>
        {
            await ground.Platform.KillAsync(process);
            await Task.Delay(away, cancellationToken);
            ground.Platform.Processes[process].Start();
        });

    private static Fault Damage(
        string edge, string damage, Func<string, Random, Task> inflictAsync, Random dice)
    {
        // The faults of a round run at once, and dice are not made for that.
        var own = new Random(dice.Next());
        return new Fault($"kill -9 {edge} with {damage} in its spool", edge, async (ground, _) =>
        {
            await ground.Platform.KillAsync(edge);
            await inflictAsync(ground.Platform.DataDirectoryOf(edge), own);
            ground.Platform.Processes[edge].Start();
        });
    }

    private static Fault StopProcess(string process) => new(
        $"stop {process}", process, async (ground, _) =>
        {
            await ground.Platform.Processes[process].TerminateAsync();
            await ground.Platform.Processes[process].UntilEndedAsync();
            ground.Platform.Processes[process].Start();
        });

    private static Fault FreezeProcess(string process, TimeSpan length) => new(
        $"freeze {process}", process, async (ground, cancellationToken) =>
        {
            await ground.Platform.Processes[process].FreezeAsync();
            await Task.Delay(length, cancellationToken);
            await ground.Platform.Processes[process].ThawAsync();
        });

    private static Fault SkewClock(string process, TimeSpan offset) => new(
        $"kill -9 and a wrong clock for {process}", process, (ground, _) => ground.Platform.RestartAsync(
            process,
            new Dictionary<string, string>
            {
                ["Clock__Offset"] = offset.ToString("c", CultureInfo.InvariantCulture),
            }));

    private static Fault KillServer(RealServer server, TimeSpan away) => new(
        $"kill -9 {server}", server.ToString(), async (ground, cancellationToken) =>
        {
            await ground.Servers.KillAsync(server);
            await Task.Delay(away, cancellationToken);
            await ground.Servers.RestartAsync(server);
        });

    private static Fault CutConnections(RealServer server, int times, TimeSpan pause) => new(
        $"cut connections to {server}", server.ToString(), async (ground, cancellationToken) =>
        {
            for (var time = 0; time < times; time++)
            {
                ground.Platform.Servers.Proxies[server].Cut();
                await Task.Delay(pause, cancellationToken);
            }
        });

    private static Fault SlowConnections(RealServer server, TimeSpan delay, TimeSpan length) => new(
        $"slow connections to {server}", server.ToString(), async (ground, cancellationToken) =>
        {
            var proxy = ground.Platform.Servers.Proxies[server];
            proxy.Delay = delay;
            await Task.Delay(length, cancellationToken);
            proxy.Heal();
        });

    // What was held back arrives late, if it has not been cut off by then: both happen.
    private static Fault HoldConnections(RealServer server, TimeSpan length) => new(
        $"hold connections to {server}", server.ToString(), async (ground, cancellationToken) =>
        {
            var proxy = ground.Platform.Servers.Proxies[server];
            proxy.Hang();
            await Task.Delay(length, cancellationToken);
            if (length.Milliseconds % 2 == 0)
                proxy.Cut();
            proxy.Heal();
        });

    private static Fault FillSpool() => new(
        "fill the spool", Fault.Everything, async (ground, cancellationToken) =>
        {
            const RealServer Broker = RealServer.RabbitMq;
            var edge = ground.Platform.Edges[0];
            await ground.Servers.KillAsync(Broker);
            await Eventually.UntilAsync(
                async () =>
                {
                    var calls = await Task.WhenAll(Enumerable.Range(0, CallsAtOnce).Select(_ => ground.CallAsync(
                        edge,
                        caller => caller.CompleteAsync(
                            edge, ProvingGround.Quick, cancellationToken: cancellationToken))));
                    return calls.Any(call => call.Result.ErrorCode == "accounting_unavailable");
                },
                _fillDeadline, "a spool that is full refuses calls", cancellationToken);
            await ground.Servers.RestartAsync(Broker);
        });

    private static Fault DeliverAgain(CapturedEnvelopes envelopes, int times) => new(
        "deliver again, shuffled", RealServer.RabbitMq.ToString(),
        (_, _) => envelopes.DeliverAgainAsync(EnvelopesAtOnce, times));

    private static TimeSpan Seconds(Random dice, double from, double to) =>
        TimeSpan.FromMilliseconds(Math.Round(1000 * (from + ((to - from) * dice.NextDouble()))));
}
