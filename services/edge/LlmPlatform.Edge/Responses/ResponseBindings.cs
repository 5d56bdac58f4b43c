using System.Globalization;
using System.Text.Json;
using LlmPlatform.Hosting.Redis;
using LlmPlatform.Router.Client;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Responses;

/// <summary>
/// Which provider keeps which response, in Redis, so that every edge knows: what continues a response, reads or deletes
/// it goes to its provider and to no other, and only for the tenant whose it is. The tenant is part of the key: to any
/// other there is no such response.
/// </summary>
internal sealed partial class ResponseBindings(
    RedisClient redis, ResponseOptions options, ILogger<ResponseBindings> logger)
{
    /// <summary>Step 3, of a request that continues a response: leaves of the candidates those that keep it.</summary>
    public ValueTask<GatewayError?> BindAsync(GatewayCall call) =>
        call.Request!.PreviousResponseId is { } id ? BindAsync(call, id) : default;

    /// <summary>Where a response of a tenant is kept.</summary>
    /// <param name="tenant">Who asks.</param>
    /// <param name="id">The response.</param>
    /// <param name="cancellationToken">Releases the caller.</param>
    /// <returns>No binding: there is no such response, or, with an error, it cannot be known.</returns>
    public async ValueTask<(ResponseBinding? Binding, GatewayError? Error)> FindAsync(
        string tenant, string id, CancellationToken cancellationToken)
    {
        try
        {
            using var arguments = RedisArguments.Rent();
            arguments.Key(KeyOf(tenant, id));
            var reply = await redis.ExecuteAsync("GET", arguments, options.LookupTimeout, cancellationToken);
            return (reply.IsNil ? null : JsonSerializer.Deserialize<ResponseBinding>(reply.AsUtf8()), null);
        }
        catch (Exception fault) when (fault is RedisUnavailableException or RedisServerException)
        {
            return (null, GatewayError.ResponsesUnavailable());
        }
    }

    /// <summary>
    /// Remembers where a response is kept that has begun to pass. Nobody waits for it; should Redis be away, the
    /// response can be read to its end and not continued.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="served">Who serves it.</param>
    /// <param name="id">The response's id; null when the provider gave none.</param>
    public void Keep(GatewayCall call, RouteCandidate served, string? id)
    {
        if (id is not null && call.Request!.IsKept)
        {
            var asked = call.Request.Model;
            var binding = new ResponseBinding(served.Provider.Name, served.Model.Name, TokensOf(call))
            {
                Asked = asked == served.Model.Name ? null : asked,
            };
            call.Kept = (id, binding);
            _ = WriteAsync(call.Caller!.Tenant, id, binding);
        }
    }

    /// <summary>Adds what the response consumed, once that is known.</summary>
    public void KeepUsage(GatewayCall call)
    {
        if (call.Kept is { Binding: { Tokens: null } binding, Id: var id } && TokensOf(call) is { } tokens)
        {
            _ = WriteAsync(call.Caller!.Tenant, id, binding with { Tokens = tokens });
        }
    }

    /// <summary>Forgets a response that its provider has deleted.</summary>
    public void Forget(string tenant, string id) => _ = ForgetAsync(tenant, id);

    private async ValueTask<GatewayError?> BindAsync(GatewayCall call, string id)
    {
        if (UnstoredIds.IsResponse(id))
        {
            return GatewayError.PreviousResponseNotKept(id);
        }

        var (binding, error) = await FindAsync(call.Caller!.Tenant, id, call.Http.RequestAborted);
        if (binding is null)
        {
            return error ?? GatewayError.PreviousResponseNotFound(id);
        }

        call.Candidates = [.. call.Candidates.Where(candidate => candidate.Provider.Name == binding.Provider)];
        call.KeptInputTokens = binding.Tokens
            ?? call.Candidates.Select(candidate => candidate.Model.ContextWindow ?? 0).DefaultIfEmpty().Max();
        return call.Candidates.Count == 0
            ? GatewayError.PreviousResponseElsewhere(id, call.Request!.Model)
            : null;
    }

    private static long? TokensOf(GatewayCall call) =>
        call.InputTokens + call.OutputTokens is > 0 and var tokens ? tokens : null;

    private async Task WriteAsync(string tenant, string id, ResponseBinding binding)
    {
        try
        {
            using var arguments = RedisArguments.Rent();
            arguments.Key(KeyOf(tenant, id))
                .Argument(JsonSerializer.SerializeToUtf8Bytes(binding))
                .Argument("PX")
                .Argument((long)options.Remember.TotalMilliseconds);
            await redis.ExecuteAsync("SET", arguments);
        }
        catch (Exception fault) when (fault is RedisUnavailableException or RedisServerException)
        {
            NotRemembered(fault.GetType().Name);
        }
    }

    private async Task ForgetAsync(string tenant, string id)
    {
        try
        {
            using var arguments = RedisArguments.Rent();
            arguments.Key(KeyOf(tenant, id));
            await redis.ExecuteAsync("DEL", arguments);
        }
        catch (Exception fault) when (fault is RedisUnavailableException or RedisServerException)
        {
            // It is gone at its provider, who says so himself.
            NotForgotten(fault.GetType().Name);
        }
    }

    // The tenant's length keeps its name and the id apart, whatever is in them.
    private static string KeyOf(string tenant, string id) =>
        string.Create(CultureInfo.InvariantCulture, $"response:{tenant.Length}:{tenant}:{id}");

    [LoggerMessage(LogLevel.Warning,
        "Where a response is kept could not be written ({Fault}); it cannot be continued")]
    private partial void NotRemembered(string fault);

    [LoggerMessage(LogLevel.Debug,
        "A deleted response could not be forgotten ({Fault}); its memory runs out by itself")]
    private partial void NotForgotten(string fault);
}
