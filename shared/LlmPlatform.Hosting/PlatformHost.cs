using System.Text.Json;
using System.Text.Json.Serialization;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Bus;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Health;
using LlmPlatform.Hosting.Options;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Hosting.Sockets;
using LlmPlatform.Hosting.Telemetry;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmPlatform.Hosting;

/// <summary>
/// A process of the platform. It knows four verbs: none (run), <c>--check-config</c> (read and validate everything,
/// list every fault, exit), <c>--migrate</c> (bring stores and the bus topology to this version, exit) and
/// <c>--rebuild</c> (derive again what is derived, say what came out, exit).
/// </summary>
public sealed partial class PlatformHost
{
    private const int ExitFault = 1;
    private const int ExitUsage = 64;
    private const string NoReload = "--hostBuilder:reloadConfigOnChange=false";

    private readonly string[] _args;
    private readonly IReadOnlyList<IServiceModule> _modules;
    private bool _hasInlineSockets;

    private PlatformHost(string[] args, IReadOnlyList<IServiceModule> modules)
    {
        _args = args;
        _modules = modules;
    }

    /// <summary>A host of the named modules.</summary>
    public static PlatformHost Create(string[] args, params IReadOnlyList<IServiceModule> modules) =>
        new(args, modules);

    /// <summary>
    /// What follows on a socket runs on the thread that heard of it. For a process whose modules never block there.
    /// <c>DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=0</c> in the environment leaves it off.
    /// </summary>
    public PlatformHost WithInlineSockets()
    {
        _hasInlineSockets = InlineSockets.TurnOn();
        return this;
    }

    /// <summary>
    /// Does what the verb says, and sets the exit code: 0 done, 1 a fault (listed), 64 an unknown verb.
    /// </summary>
    public void Run() => Environment.ExitCode = RunAsync().GetAwaiter().GetResult();

    private async Task<int> RunAsync()
    {
        if (_args is not ([] or ["--check-config"] or ["--migrate"] or ["--rebuild"]))
        {
            await Console.Error.WriteLineAsync("Usage: no argument to run, --check-config, --migrate, or --rebuild.");
            return ExitUsage;
        }

        var verb = _args.FirstOrDefault();
        var start = PlatformStart.Read(_modules, Environment.GetEnvironmentVariable, _hasInlineSockets);
        foreach (var line in start.Notices)
        {
            await Console.Out.WriteLineAsync(line);
        }

        if (start.Platform is not { } platform)
        {
            return await RefuseAsync(start.Faults);
        }

        await using var app = Build(platform, topologyOnly: verb == "--migrate");
        var faults = OptionsFaults.Of(app.Services, platform.Settings);
        if (faults.Count > 0)
        {
            return await RefuseAsync(faults);
        }

        try
        {
            Map(app);
            return verb switch
            {
                "--check-config" => await AcceptAsync(platform),
                "--migrate" => await MigrateAsync(app),
                "--rebuild" => await RebuildAsync(app),
                _ => await ServeAsync(app),
            };
        }
        catch (Exception fault)
        {
            // A server that is away, a port that is taken: an entry in the log and an exit code, and no core dump.
            Ended(app.Logger, fault);
            return ExitFault;
        }
    }

    private WebApplication Build(PlatformContext platform, bool topologyOnly)
    {
        // Not even for a moment does it follow appsettings files: that watches every file under the working directory,
        // and where the data is kept there, each write to a spool is told to it.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [NoReload] });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddEnvironmentVariables();
        builder.Logging.ClearProviders().AddPlatformConsole(platform.Environment);
        builder.WebHost.UseUrls(platform.Environment.Listen!.ToString());

        var services = builder.Services;
        if (platform.HasInlineSockets)
        {
            services.AddInlineSockets();
        }

        services.AddSingleton(platform.Environment);
        services.AddSingleton(platform);
        services.AddValidatedOptions<ClockOptions>(platform, ClockOptions.Section);
        services.AddSingleton(provider => provider.GetRequiredService<ClockOptions>().Offset is var offset
            && offset == TimeSpan.Zero ? TimeProvider.System : new OffsetTimeProvider(offset));
        services.AddSingleton(_modules);
        services.AddSingleton<ReadinessProbe>();
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = AdminProblem.NameByStatus);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddExceptionHandler<BadRequestHandler>();
        services.AddHttpClient();
        services.AddPlatformConfiguration(platform.Configuration);
        services.AddPlatformTelemetry(_modules is [var only] ? only.Name : "platform", platform.Settings);
        services.AddValidatedOptions<BusOptions>(platform, BusOptions.Section);
        services.AddValidatedOptions<SnapshotOptions>(platform, SnapshotOptions.Section);
        services.AddValidatedOptions<ShutdownOptions>(platform, ShutdownOptions.Section);
        services.AddSingleton<IConfigureOptions<HostOptions>, ShutdownDeadline>();

        // Hosted services stop in the reverse order of their registration: streams end first, then the modules' loops
        // drain what they hold, and the bus they drain to goes last.
        services.AddPlatformBus(platform, _modules, topologyOnly);
        foreach (var module in _modules)
        {
            module.AddServices(services, platform);
        }

        // After the modules: the one that owns keys answers for itself.
        services.AddOperatorKeys(platform);

        return builder.Build();
    }

    private void Map(WebApplication app)
    {
        // Outside the exception handler, so that a span shows the status that the caller is given.
        app.UsePlatformTracing();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapHealth();
        app.MapPrometheusMetrics();
        foreach (var module in _modules)
        {
            module.MapEndpoints(app);
        }

        // Built now and not at the first request: an endpoint that opens more than it may is a fault of the start.
        foreach (var source in ((IEndpointRouteBuilder)app).DataSources)
        {
            _ = source.Endpoints;
        }
    }

    private static async Task<int> ServeAsync(WebApplication app)
    {
        // A loop that dies stops the host as if it had been told to: only its task says otherwise.
        var loops = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
        await app.RunAsync();
        return loops.Exists(loop => loop.ExecuteTask is { IsFaulted: true }) ? ExitFault : 0;
    }

    private async Task<int> MigrateAsync(WebApplication app)
    {
        foreach (var module in _modules)
        {
            await module.MigrateAsync(app.Services, CancellationToken.None);
            await Console.Out.WriteLineAsync($"{module.Name}: stores are at this version");
        }

        var bus = app.Services.GetRequiredService<IBusControl>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await bus.StartAsync(deadline.Token);
        await bus.StopAsync(deadline.Token);
        await Console.Out.WriteLineAsync("bus: queues are declared");
        return 0;
    }

    private async Task<int> RebuildAsync(WebApplication app)
    {
        foreach (var module in _modules)
        {
            if (await module.RebuildAsync(app.Services, CancellationToken.None) is { } rebuilt)
            {
                await Console.Out.WriteLineAsync($"{module.Name}: {rebuilt}");
            }
        }

        return 0;
    }

    private static async Task<int> AcceptAsync(PlatformContext platform)
    {
        await Console.Out.WriteLineAsync($"{platform.Environment.ConfigurationFile} is good.");
        return 0;
    }

    private static async Task<int> RefuseAsync(IReadOnlyCollection<string> faults)
    {
        await Console.Error.WriteLineAsync($"Not started: {faults.Count} fault{(faults.Count == 1 ? "" : "s")}.");
        foreach (var fault in faults)
        {
            await Console.Error.WriteLineAsync("  " + fault);
        }

        return ExitFault;
    }

    [LoggerMessage(LogLevel.Critical, "The process ends")]
    private static partial void Ended(ILogger logger, Exception fault);
}
