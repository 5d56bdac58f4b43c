using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary><c>GET /admin/v1/alerts?budget=</c>, newest first.</summary>
internal static class AlertEndpoints
{
    public static void Map(RouteGroupBuilder admin) =>
        admin.MapGet("/alerts", ListAsync).OpenTo(KeyRole.Finance, KeyRole.TenantAdmin);

    private static async Task<Results<Ok<Page<AlertResponse>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageQuery page,
        string? budget,
        AdminOperator who,
        AlertingDbContext database,
        CancellationToken cancellationToken)
    {
        if (NumberedPage.FaultOf(page, out var before) is { } problem)
            return problem;
        var (ofTenant, ofTeams) = ($"tenant:{who.Tenant}", $"team:{who.Tenant}/");
        var found = await database.Alerts.AsNoTracking()
            .Where(alert => alert.Number < before && (budget == null || alert.BudgetName == budget))
            .Where(alert => who.Tenant == null || alert.Scope == ofTenant || alert.Scope.StartsWith(ofTeams))
            .OrderByDescending(alert => alert.Number)
            .Take(page.Size + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(NumberedPage.Of(page, found, alert => alert.Number, AlertResponse.Of));
    }
}
