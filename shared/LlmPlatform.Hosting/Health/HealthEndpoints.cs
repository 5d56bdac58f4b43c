using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Hosting.Health;

/// <summary>
/// <c>/healthz</c>: the process is alive. <c>/readyz</c>: it may serve; 503 when it may not, with the reason.
/// </summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz", () => Results.Json(new { status = "alive" })).DisableHttpMetrics();
        endpoints.MapGet("/readyz", async (ReadinessProbe probe, CancellationToken cancellationToken) =>
        {
            var report = await probe.ReportAsync(cancellationToken);
            return Results.Json(report, statusCode: report.Status == "unready" ? 503 : 200);
        }).DisableHttpMetrics();
    }
}
