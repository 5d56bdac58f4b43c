using System.Diagnostics;
using System.Globalization;
using System.Net;
using LlmPlatform.TestKit;

namespace LlmPlatform.Scenarios.Platform;

/// <summary>One operating-system process of the platform: a host, its environment, its port and its log.</summary>
public sealed class PlatformProcess : IAsyncDisposable
{
    private const int LogLinesShown = 40;

    private static readonly TimeSpan _startDeadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan _stopDeadline = TimeSpan.FromMinutes(3);
    private static readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly string _host;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly string _log;
    private Process? _process;

    /// <param name="name">For example <c>edge-1</c>.</param>
    /// <param name="host">The executable.</param>
    /// <param name="url">Where it listens.</param>
    /// <param name="environment">All that the process sees.</param>
    /// <param name="log">The file its output is appended to.</param>
    public PlatformProcess(
        string name, string host, Uri url, IReadOnlyDictionary<string, string> environment, string log)
    {
        Name = name;
        Url = url;
        _host = host;
        _environment = environment;
        _log = log;
    }

    public string Name { get; }

    public Uri Url { get; }

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Null when it does not run.</summary>
    public int? ProcessId => IsRunning ? _process!.Id : null;

    /// <summary>Starts it, if it does not run.</summary>
    /// <param name="variables">More environment, of this start only.</param>
    public void Start(IReadOnlyDictionary<string, string>? variables = null)
    {
        if (IsRunning)
            return;
        _process?.Dispose();
        _process = Launch([], variables);
    }

    /// <summary>Runs the host with a verb to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; its log is in the message.</exception>
    public async Task RunVerbAsync(string verb)
    {
        using var process = Launch([verb]);
        using var deadline = new CancellationTokenSource(_startDeadline);
        await process.WaitForExitAsync(deadline.Token);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{Name} {verb} ended with {process.ExitCode}:\n{LogTail()}");
    }

    /// <summary>Waits until <c>/readyz</c> is answered with 200.</summary>
    public async Task UntilReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Eventually.UntilAsync(
                async () => !IsRunning || await IsReadyAsync(cancellationToken), _startDeadline, $"{Name} is ready",
                cancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{await ReadinessAsync()}\n{LogTail()}", late);
        }

        if (!IsRunning)
            throw new InvalidOperationException($"{Name} ended with {_process?.ExitCode} at its start:\n{LogTail()}");
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (_process is null)
            return;
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Asks it to end, as an orchestrator does.</summary>
    public Task TerminateAsync() => SignalAsync("-TERM");

    /// <summary>
    /// Freezes it, as a machine that is out of memory does: it keeps its connections and says nothing.
    /// </summary>
    public Task FreezeAsync() => SignalAsync("-STOP");

    /// <summary>Lets a frozen one go on.</summary>
    public Task ThawAsync() => SignalAsync("-CONT");

    /// <summary>Waits for the end it was asked for.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> UntilEndedAsync()
    {
        using var deadline = new CancellationTokenSource(_stopDeadline);
        try
        {
            await _process!.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Name} has not ended after {_stopDeadline.TotalSeconds} s:\n{LogTail()}");
        }

        return _process.ExitCode;
    }

    /// <summary>The last lines it wrote.</summary>
    public string LogTail() => File.Exists(_log)
        ? string.Join('\n', File.ReadLines(_log).TakeLast(LogLinesShown))
        : "(no log)";

    /// <summary>Ends it; once this returns, it writes no more.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, ProcessId!.Value.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(Url, "readyz"), cancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A process that takes long to wake is not ready yet.
            return false;
        }
    }

    private async Task<string> ReadinessAsync()
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(Url, "readyz"));
            return await response.Content.ReadAsStringAsync();
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            return fault.Message;
        }
    }

    // The shell is replaced by the host, whose process id is then the one at hand, and whose output goes to a file:
    // what a
    // killed process wrote last is still there.
    private Process Launch(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? variables = null)
    {
        var start = new ProcessStartInfo(
            "/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", _log, _host, .. arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(_log),
        };
        start.Environment.Clear();
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
