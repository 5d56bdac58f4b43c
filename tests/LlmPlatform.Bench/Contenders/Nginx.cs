namespace LlmPlatform.Bench.Contenders;

/// <summary>nginx as a tuned pass-through: no key, no log, no buffering, keep-alive on both sides.</summary>
public sealed class Nginx() : Contender("nginx")
{
    public override async Task StartAsync(Uri upstream, BenchOptions options)
    {
        var port = FreePort();
        var home = Path.Combine(options.Work, "nginx");
        Directory.CreateDirectory(home);
        await File.WriteAllTextAsync(Path.Combine(home, "nginx.conf"), $$"""
            worker_processes 1;
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log nginx.err warn;
            worker_rlimit_nofile 30000;
            events { worker_connections 16384; use epoll; }
            http {
              access_log off; tcp_nodelay on; keepalive_requests 100000000; keepalive_timeout 300s;
              client_body_buffer_size 1m; client_max_body_size 64m;
              client_body_temp_path body; proxy_temp_path proxy;
              fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
              upstream mock { server {{upstream.Authority}}; keepalive 8192; keepalive_requests 100000000; }
              server {
                listen 127.0.0.1:{{port}} backlog=8192;
                location / {
                  proxy_pass http://mock; proxy_http_version 1.1; proxy_set_header Connection "";
                  proxy_buffering off; proxy_request_buffering off; proxy_read_timeout 300s;
                  proxy_buffer_size 16k; proxy_buffers 8 16k; proxy_busy_buffers_size 16k;
                }
              }
            }
            """);
        var process = Start(options, "nginx", "-p", home, "-c", "nginx.conf");
        Pids = [process.Id];
        Target = new Uri($"http://127.0.0.1:{port}/v1/chat/completions");
        await ListeningAsync(port, TimeSpan.FromSeconds(10));
    }
}
