using LlmPlatform.Hosting.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Hosting.Telemetry;

/// <summary>
/// What a host turns on to be seen from outside: traces and metrics over OTLP where the standard <c>OTEL_*</c>
/// variables name an endpoint, and Prometheus text at <c>/metrics</c> always.
/// </summary>
public static class PlatformTelemetry
{
    /// <summary>
    /// Registers the OTLP export and the Prometheus registry. Both start before any other hosted service and stop after
    /// the last. Call it before <c>Build</c>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="serviceName">
    /// The <c>service.name</c> of the exported resource; <c>OTEL_SERVICE_NAME</c> overrides it.
    /// </param>
    /// <param name="configuration">
    /// Where the <c>OTEL_*</c> variables and the section <c>Hosting:Telemetry</c> are read: the host's configuration,
    /// environment variables included.
    /// </param>
    /// <returns><paramref name="services"/>, to go on with.</returns>
    /// <exception cref="ArgumentException"><paramref name="serviceName"/> is empty.</exception>
    /// <exception cref="InvalidOperationException">
    /// An <c>OTEL_EXPORTER_OTLP_*</c> variable has a value that cannot be used.
    /// </exception>
    public static IServiceCollection AddPlatformTelemetry(
        this IServiceCollection services, string serviceName, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(serviceName);
        ArgumentNullException.ThrowIfNull(configuration);

        // ASP.NET Core can tag its own span, but with the raw path and the User-Agent header: ours carries the route
        // only.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", true);

        services.AddMetrics();
        services.AddValidatedOptions<TelemetryOptions>(configuration, TelemetryOptions.Section);

        services.AddSingleton<PrometheusRegistry>();
        services.AddHostedService(provider => provider.GetRequiredService<PrometheusRegistry>());

        var traces = OtlpSignal.Read(configuration, "TRACES");
        var metrics = OtlpSignal.Read(configuration, "METRICS");
        if (traces is not null || metrics is not null)
        {
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<OtlpExport>(
                provider, new OtlpTarget(serviceName, configuration, traces, metrics)));
        }

        return services;
    }

    /// <summary>
    /// Names ASP.NET Core's request span <c>{method} {route}</c> and tags it with route, method and status. Put it
    /// first in the pipeline, so that it sees the status the caller sees. Endpoints that disable HTTP metrics leave
    /// no span.
    /// </summary>
    /// <param name="app">The pipeline.</param>
    /// <returns><paramref name="app"/>, to go on with.</returns>
    public static IApplicationBuilder UsePlatformTracing(this IApplicationBuilder app) =>
        app.UseMiddleware<RequestSpanMiddleware>();

    /// <summary>Serves every instrument of the platform as Prometheus text at <c>GET /metrics</c>.</summary>
    /// <param name="endpoints">Where to map it.</param>
    /// <returns>The endpoint, to restrict or document.</returns>
    public static IEndpointConventionBuilder MapPrometheusMetrics(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/metrics", WriteMetricsAsync).DisableHttpMetrics().ExcludeFromDescription();

    private static async Task WriteMetricsAsync(HttpContext context)
    {
        var registry = context.RequestServices.GetRequiredService<PrometheusRegistry>();
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        registry.Write(context.Response.BodyWriter);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
