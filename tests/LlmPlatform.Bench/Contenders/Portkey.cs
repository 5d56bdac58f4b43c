using System.Diagnostics;

namespace LlmPlatform.Bench.Contenders;

/// <summary>
/// Portkey's gateway from npm, as it comes: it knows no keys and no limits here. Its newest web framework breaks its
/// streams ("immutable"), so the versions it was built with are asked for.
/// </summary>
public sealed class Portkey() : Contender("portkey")
{
    private const string Package = """
        {
          "private": true,
          "dependencies": { "@portkey-ai/gateway": "1.15.2" },
          "overrides": { "@hono/node-server": "1.3.3", "hono": "4.9.7" }
        }
        """;

    public override async Task StartAsync(Uri upstream, BenchOptions options)
    {
        var home = Path.Combine(options.Work, "portkey");
        Directory.CreateDirectory(home);
        var entry = Path.Combine(home, "node_modules/@portkey-ai/gateway/build/start-server.js");
        if (!File.Exists(entry))
        {
            await File.WriteAllTextAsync(Path.Combine(home, "package.json"), Package);
            using var install = Process.Start(new ProcessStartInfo(
                "npm", ["install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"])
            {
                WorkingDirectory = home,
            })!;
            await install.WaitForExitAsync();
        }

        var port = FreePort();
        var process = Start(options, "node", entry, $"--port={port}", "--headless");
        Pids = [process.Id];
        Target = new Uri($"http://127.0.0.1:{port}/v1/chat/completions");
        Key = "sk-bench";
        Headers = $"x-portkey-provider: openai\r\nx-portkey-custom-host: {upstream.AbsoluteUri}\r\n";
        await ListeningAsync(port, TimeSpan.FromSeconds(20));
    }
}
