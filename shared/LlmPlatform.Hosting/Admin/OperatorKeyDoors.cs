using LlmPlatform.Hosting.Options;
using LlmPlatform.Hosting.Snapshots;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LlmPlatform.Hosting.Admin;

/// <summary>Both ends of the question whose key it is: who asks and who answers.</summary>
public static class OperatorKeyDoors
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>
    /// Answers other services out of the <see cref="IOperatorKeys"/> that this module has registered: 200 with the key,
    /// 204 for none, 503 when it cannot be known.
    /// </summary>
    public static void MapOperatorKeys(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapInternal().MapPost("/keys/find", async (HttpContext context, IOperatorKeys keys) =>
        {
            var question = await context.Request.ReadFromJsonAsync<OperatorKeyQuestion>(
                SnapshotFeeds.Json, context.RequestAborted);
            if (question?.SecretHash is not { Length: Security.SecretHash.Length } hash)
                return AdminProblem.Invalid("invalid_request", "secretHash is a SHA-256 in hexadecimal.");
            try
            {
                return await keys.FindAsync(hash, context.RequestAborted) is { } key
                    ? Results.Json(key, SnapshotFeeds.Json)
                    : Results.NoContent();
            }
            catch (OperatorKeysUnavailableException fault)
            {
                return AdminProblem.Unavailable("identity_unavailable", fault.Message);
            }
        });

    /// <summary>Asks the edge, where no module of this process has registered an answer of its own.</summary>
    internal static void AddOperatorKeys(this IServiceCollection services, PlatformContext platform)
    {
        services.AddValidatedOptions<OperatorKeyOptions>(platform, OperatorKeyOptions.Section);
        services.AddHttpClient(RemoteOperatorKeys.HttpClientName)
            .ConfigureHttpClient(client => client.MaxResponseContentBufferSize = MaxBytes);
        services.TryAddSingleton<IOperatorKeys, RemoteOperatorKeys>();
    }
}
