using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Billing.Usage;

/// <summary><c>GET /admin/v1/usage</c>: usage of any range, grouped and filtered by any dimension.</summary>
internal static class UsageEndpoint
{
    public static void Map(RouteGroupBuilder admin) =>
        admin.MapGet("/usage", ReadAsync).OpenTo(KeyRole.Finance, KeyRole.TenantAdmin);

    private static async Task<Results<Ok<UsageReport>, ProblemHttpResult>> ReadAsync(
        [AsParameters] PageQuery page,
        HttpRequest request,
        AdminOperator who,
        UsageReader reader,
        IPlatformConfigurationSource configuration,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var reading = new UsageQuestionReader(configuration.Current.Server.TimeZone, clock);
        if (!reading.TryRead(request.Query, page, out var question, out var problem))
        {
            return problem;
        }

        return question.For(who) is { } narrowed
            ? TypedResults.Ok(await reader.ReadAsync(narrowed, cancellationToken))
            : who.OtherTenant();
    }
}
