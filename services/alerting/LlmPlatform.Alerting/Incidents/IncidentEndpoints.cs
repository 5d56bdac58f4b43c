using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.Hosting.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Alerting.Incidents;

/// <summary><c>GET /admin/v1/incidents?open=true</c>, newest first.</summary>
internal static class IncidentEndpoints
{
    public static void Map(RouteGroupBuilder admin) => admin.MapGet("/incidents", ListAsync);

    private static async Task<Results<Ok<Page<IncidentResponse>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageQuery page, bool? open, AlertingDbContext database, CancellationToken cancellationToken)
    {
        if (NumberedPage.FaultOf(page, out var before) is { } problem)
            return problem;
        var found = await database.Incidents.AsNoTracking()
            .Where(incident => incident.Number < before
                && (open == null || incident.ResolvedAt == null == open))
            .OrderByDescending(incident => incident.Number)
            .Take(page.Size + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(NumberedPage.Of(page, found, incident => incident.Number, IncidentResponse.Of));
    }
}
