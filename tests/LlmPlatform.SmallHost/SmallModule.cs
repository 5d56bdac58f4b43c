using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Bus;
using LlmPlatform.Hosting.Options;
using MassTransit;

namespace LlmPlatform.Small;

/// <summary>A service with one of everything, so that tests meet the host that ships as a process of its own.</summary>
internal sealed class SmallModule : IServiceModule
{
    private const int StreamParts = 10;

    public string Name => "small";

    public ServerKinds Needs => ServerKinds.None;

    public void AddServices(IServiceCollection services, PlatformContext platform)
    {
        services.AddValidatedOptions<SmallOptions>(platform, SmallOptions.Section);
        if (platform.Settings["SMALL_LOOP"] == "fails")
            services.AddHostedService<FailingLoop>();
    }

    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<ThingHappenedConsumer>();
        bus.AddAnnouncementConsumer<NewsAnnouncedConsumer>();
    }

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/stream", StreamAsync);
        var admin = endpoints.MapAdmin();
        admin.MapGet("/actor", (HttpContext context) => context.Actor());
        admin.MapPost("/things", (ThingRequest thing, int? limit) => Results.Ok(new { thing.Count, limit }));
        endpoints.MapInternal().MapGet("/thing", () => "only for services");
    }

    public Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        Environment.GetEnvironmentVariable("SMALL_MIGRATION") == "fails"
            ? throw new InvalidOperationException("The migration was told to fail.")
            : Task.CompletedTask;

    private static async Task StreamAsync(HttpContext context, CancellationToken cancellationToken)
    {
        for (var part = 1; part <= StreamParts; part++)
        {
            await context.Response.WriteAsync($"{part}\n", cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(150), cancellationToken);
        }
    }
}
