using System.Diagnostics;
using System.Net.Sockets;

namespace LlmPlatform.Bench.Contenders;

/// <summary>Something that forwards calls to the mock, in processes of its own.</summary>
public abstract class Contender(string name) : IAsyncDisposable
{
    private readonly List<Process> _started = [];

    public string Name { get; } = name;

    /// <summary>Where calls go.</summary>
    public Uri Target { get; protected set; } = null!;

    /// <summary>The key to send; null for none.</summary>
    public string? Key { get; protected set; }

    /// <summary>Header lines to send, each with its end; empty for none.</summary>
    public string Headers { get; protected set; } = "";

    /// <summary>The processes on the path of a request, which have a core of their own.</summary>
    public IReadOnlyList<int> Pids { get; protected set; } = [];

    /// <summary>Other processes of ours that work for each request, off its path.</summary>
    public IReadOnlyList<int> Behind { get; protected set; } = [];

    /// <summary>Servers that work for each request.</summary>
    public IReadOnlyList<int> Servers { get; protected set; } = [];

    /// <summary>Bytes its runtime has allocated so far; 0 for those that do not tell.</summary>
    public virtual Task<long> AllocatedBytesAsync() => Task.FromResult(0L);

    /// <summary>Before each measurement.</summary>
    public virtual Task BeginAsync() => Task.CompletedTask;

    /// <summary>After each measurement: it returns when nothing of it weighs on the next one.</summary>
    public virtual Task EndAsync() => Task.CompletedTask;

    /// <summary>Starts it and waits until it answers.</summary>
    public abstract Task StartAsync(Uri upstream, BenchOptions options);

    public virtual ValueTask DisposeAsync()
    {
        foreach (var process in _started)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
        }

        _started.Clear();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Starts a process on the contenders' core; what it says goes to a file of its name.</summary>
    protected Process Start(BenchOptions options, string command, params string[] arguments)
    {
        var log = Path.Combine(options.Work, Name + ".log");
        var start = new ProcessStartInfo("taskset")
        {
            WorkingDirectory = options.Work,
            ArgumentList = { "-c", "1", "sh", "-c", "exec \"$0\" \"$@\" >>\"$BENCH_LOG\" 2>&1", command },
        };
        start.Environment["BENCH_LOG"] = log;
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        _started.Add(process);
        return process;
    }

    /// <summary>Waits until somebody listens there.</summary>
    protected static async Task ListeningAsync(int port, TimeSpan atMost)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(began) < atMost)
            {
                await Task.Delay(50);
            }
        }
    }

    protected static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
