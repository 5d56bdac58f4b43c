using System.Diagnostics;
using System.Globalization;

namespace LlmPlatform.Bench.Contenders;

/// <summary>
/// The same platform while the services behind its edge stand still (SIGSTOP) and Redis runs on the edge's core: the
/// rig's core is then the rig's, and the edge's is never idle, so that its figures are those of an edge at saturation
/// as a pass-through's are. Its events wait in the broker.
/// </summary>
public sealed class EdgeAlone(Edge edge) : Contender("edge-alone")
{
    public override async Task StartAsync(Uri upstream, BenchOptions options)
    {
        if (edge.Target is null)
        {
            await edge.StartAsync(upstream, options);
        }

        (Target, Key, Pids, Servers) = (edge.Target!, edge.Key, edge.Pids, edge.Servers);
    }

    public override Task<long> AllocatedBytesAsync() => edge.AllocatedBytesAsync();

    public override Task BeginAsync()
    {
        edge.MoveRedis(core: 1);
        return SignalAsync("-STOP");
    }

    public override async Task EndAsync()
    {
        edge.MoveRedis(core: 0);
        await SignalAsync("-CONT");
        await edge.EndAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await edge.DisposeAsync();
        await base.DisposeAsync();
    }

    private async Task SignalAsync(string signal)
    {
        var pids = edge.Behind.Select(pid => pid.ToString(CultureInfo.InvariantCulture));
        using var kill = Process.Start("kill", [signal, .. pids]);
        await kill.WaitForExitAsync();
    }
}
