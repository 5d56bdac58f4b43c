using System.Diagnostics;

namespace LlmPlatform.Bench.Contenders;

/// <summary>A bare net/http reverse proxy in Go, from the distribution's own compiler.</summary>
public sealed class GoProxy() : Contender("go")
{
    private const string Source = """
        package main

        import (
        	"net/http"
        	"net/http/httputil"
        	"net/url"
        	"os"
        	"runtime"
        )

        func main() {
        	runtime.GOMAXPROCS(1)
        	upstream, _ := url.Parse(os.Args[2])
        	proxy := httputil.NewSingleHostReverseProxy(upstream)
        	proxy.FlushInterval = -1
        	proxy.Transport = &http.Transport{MaxIdleConns: 16384, MaxIdleConnsPerHost: 16384, DisableCompression: true}
        	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], proxy))
        }
        """;

    public override async Task StartAsync(Uri upstream, BenchOptions options)
    {
        var home = Path.Combine(options.Work, "go");
        Directory.CreateDirectory(home);
        await File.WriteAllTextAsync(Path.Combine(home, "main.go"), Source);
        using (var build = Process.Start(new ProcessStartInfo("go", ["build", "-o", "proxy", "main.go"])
        {
            WorkingDirectory = home,
        })!)
        {
            await build.WaitForExitAsync();
            if (build.ExitCode != 0)
            {
                throw new InvalidOperationException("go build failed.");
            }
        }

        var port = FreePort();
        var process = Start(
            options, Path.Combine(home, "proxy"), $"{port}", upstream.GetLeftPart(UriPartial.Authority));
        Pids = [process.Id];
        Target = new Uri($"http://127.0.0.1:{port}/v1/chat/completions");
        await ListeningAsync(port, TimeSpan.FromSeconds(10));
    }
}
