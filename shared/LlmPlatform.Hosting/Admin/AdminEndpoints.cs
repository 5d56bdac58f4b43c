using LlmPlatform.Hosting.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Hosting.Admin;

/// <summary>
/// The two doors that are not for callers: <c>/admin/v1</c> for operators, <c>/internal/v1</c> between services.
/// </summary>
public static class AdminEndpoints
{
    /// <summary>
    /// A group under <c>/admin/v1</c>. The master key opens all of it, a key what its role does: see
    /// <see cref="AdminAccess"/>.
    /// </summary>
    public static RouteGroupBuilder MapAdmin(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/admin/v1").RequireFirst(AdmitAsync);
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            if (AdminAccess.FaultOf(endpoint) is { } fault)
                throw new InvalidOperationException(fault);
        });
        return group;
    }

    /// <summary>
    /// A group under <c>/internal/v1</c> that only services of this platform open; never exposed to callers.
    /// </summary>
    public static RouteGroupBuilder MapInternal(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGroup("/internal/v1").RequireFirst(context => ValueTask.FromResult<IResult?>(
            BearerToken(context) is { } token && Key(context).OpensInternal(token)
                ? null
                : AdminProblem.NotAService()));

    /// <summary>Who is calling the admin API, for the audit trail: never a key.</summary>
    public static string Actor(this HttpContext context) => AdminOperator.Of(context).Actor;

    private static async ValueTask<IResult?> AdmitAsync(HttpContext context)
    {
        if (BearerToken(context) is not { Length: > 0 } token)
            return AdminProblem.Unauthorized();
        if (Key(context).Opens(token))
        {
            AdminOperator.Master.Enter(context);
            return null;
        }

        try
        {
            var keys = context.RequestServices.GetService<IOperatorKeys>();
            if (keys is null || await keys.FindAsync(SecretHash.Of(token), context.RequestAborted) is not { } key)
                return AdminProblem.Unauthorized();
            var who = AdminOperator.Of(key);
            who.Enter(context);
            return AdminAccess.Refuse(who, context);
        }
        catch (OperatorKeysUnavailableException)
        {
            return AdminProblem.Unavailable(
                "identity_unavailable", "Keys cannot be looked up right now. Try again shortly; the master key works.");
        }
    }

    // Not an endpoint filter: filters run when the body has been read, and a stranger's body is not.
    private static RouteGroupBuilder RequireFirst(
        this RouteGroupBuilder group, Func<HttpContext, ValueTask<IResult?>> refuse)
    {
        ((IEndpointConventionBuilder)group).Add(endpoint =>
        {
            var serve = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = async context =>
            {
                if (await refuse(context) is not { } refusal)
                {
                    await serve(context);
                    return;
                }

                if (refusal is IStatusCodeHttpResult { StatusCode: StatusCodes.Status401Unauthorized })
                    context.Response.Headers.WWWAuthenticate = "Bearer";
                await refusal.ExecuteAsync(context);
            };
        });
        return group;
    }

    private static MasterKey Key(HttpContext context) =>
        context.RequestServices.GetRequiredService<PlatformEnvironment>().MasterKey;

    private static string? BearerToken(HttpContext context)
    {
        const string scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : null;
    }
}
