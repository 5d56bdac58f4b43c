using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Hosting.Tests;

/// <summary>A process of the platform with one small module in it, as it ships.</summary>
internal sealed class SmallHost : IAsyncDisposable
{
    public const string MasterKey = "a master key for tests";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llm-platform-small-host-");
    private readonly ConcurrentQueue<string> _output = [];
    private readonly Process _process;

    private SmallHost(string rabbitMq, Dictionary<string, string?> environment, string[] arguments)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "platform.yaml"), "server: { port: 8080 }\n");
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(
            output.Parent!.Parent!.FullName, "LlmPlatform.SmallHost", output.Name, "LlmPlatform.SmallHost");
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.FullName,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("LLM_PLATFORM_")).ToList())
            start.Environment.Remove(name);
        start.Environment["LLM_PLATFORM_RABBITMQ"] = rabbitMq;
        start.Environment["LLM_PLATFORM_CONFIG"] = Path.Combine(_folder.FullName, "platform.yaml");
        start.Environment["LLM_PLATFORM_DATA"] = _folder.FullName;
        start.Environment["LLM_PLATFORM_LISTEN"] = "http://127.0.0.1:0";
        start.Environment["LLM_PLATFORM_MASTER_KEY"] = MasterKey;
        start.Environment["LLM_PLATFORM_ENCRYPTION_KEY"] = Convert.ToBase64String(new byte[32]);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything it said so far, both streams.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts it with a verb, or none, and settings beside those that any host needs.</summary>
    public static async Task<SmallHost> StartAsync(
        string[] arguments, string? rabbitMq = null, params (string Name, string? Value)[] environment)
    {
        rabbitMq ??= await (await TestServers.SharedAsync()).CreateVirtualHostAsync();
        return new SmallHost(rabbitMq, environment.ToDictionary(pair => pair.Name, pair => pair.Value), arguments);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string[] arguments, string? rabbitMq = null, params (string Name, string? Value)[] environment)
    {
        await using var host = await StartAsync(arguments, rabbitMq, environment);
        return (await host.ExitAsync(), host.Output);
    }

    /// <summary>A client of the port it chose, once it listens there.</summary>
    public async Task<HttpClient> ConnectAsync()
    {
        const string said = "Now listening on: ";
        await Eventually.UntilAsync(
            () => Output.Contains(said, StringComparison.Ordinal),
            _patience,
            "the host listens",
            TestContext.Current.CancellationToken);
        var address = Output.Split(said)[1].Split('\n')[0].Trim();
        return new HttpClient { BaseAddress = new Uri(address) };
    }

    /// <summary>Asks it to end, as an orchestrator does.</summary>
    public async Task TerminateAsync()
    {
        var id = _process.Id.ToString(CultureInfo.InvariantCulture);
        using var kill = Process.Start("kill", ["-TERM", id]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(_patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Note(string? line)
    {
        if (line is not null)
            _output.Enqueue(line);
    }
}
