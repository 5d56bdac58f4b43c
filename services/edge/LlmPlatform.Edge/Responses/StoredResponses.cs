using LlmPlatform.Edge.Admission;
using LlmPlatform.Edge.Identity;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Routing;
using LlmPlatform.Router.Client;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Edge.Responses;

/// <summary>
/// The path of a request about a response that its provider keeps (read it, its input, cancel it, delete it):
/// authenticate, find who keeps it, admit, ask that provider. Limits count it as a request; it costs nothing.
/// </summary>
internal sealed class StoredResponses(
    Authentication authentication,
    ResponseBindings bindings,
    RoutingTable routing,
    AdmissionDesk admission,
    UpstreamClients clients,
    UpstreamOptions options,
    CallEnding ending,
    GatewayMetrics metrics,
    TimeProvider clock)
{
    // A provider's own parameter, which is ours to set.
    private const string ApiVersion = "api-version";

    /// <summary>Serves one request.</summary>
    /// <param name="http">The exchange with the caller.</param>
    /// <param name="id">The response.</param>
    /// <param name="action">What follows its id in the address: nothing, <c>/cancel</c>, <c>/input_items</c>.</param>
    public async Task RunAsync(HttpContext http, string id, string action)
    {
        using var call = new GatewayCall(http, ResponsesApi.Stored, clock);
        ResponseHeaders.WriteRequestId(call);
        metrics.Begin(call);
        try
        {
            var refusal = await authentication.IdentifyAsync(call)
                ?? await FindAsync(call, id)
                ?? await admission.AdmitAsync(call)
                ?? await AskAsync(call, id, action);
            if (refusal is not null)
            {
                await CallEnding.RefuseAsync(call, refusal);
            }
        }
        catch (Exception fault)
        {
            await ending.FailAsync(call, fault);
        }
        finally
        {
            await ending.SettleAsync(call);
        }
    }

    private async ValueTask<GatewayError?> FindAsync(GatewayCall call, string id)
    {
        if (routing.Planner is not { } planner)
        {
            return GatewayError.NotReady();
        }

        if (id.Length > ResponsesRequest.MaxIdBytes)
        {
            return GatewayError.ResponseNotFound(id[..ResponsesRequest.MaxIdBytes]);
        }

        var (binding, error) = await bindings.FindAsync(call.Caller!.Tenant, id, call.Http.RequestAborted);
        if (binding is null)
        {
            return error ?? GatewayError.ResponseNotFound(id);
        }

        // Who may not ask a model may not read what it said; one who asked it may, whichever served in its place.
        var asked = binding.Asked ?? binding.Model;
        if (!call.Caller.Models.Matches(asked))
        {
            return GatewayError.ModelNotAllowed(asked, call.Caller.KeyName);
        }

        call.Request = new StoredResponseRequest(binding.Model);
        call.Candidates =
        [
            .. planner.Plan(binding.Model, seed: 0).Where(candidate => candidate.Provider.Name == binding.Provider)
                .Take(1),
        ];
        return call.Candidates.Count == 0 ? GatewayError.ResponseNotFound(id) : null;
    }

    private async ValueTask<GatewayError?> AskAsync(GatewayCall call, string id, string action)
    {
        var candidate = call.Candidates[0];
        if (clients.For(candidate.Provider) is not { } client
            || client.Adapter.WireFor(Wire.Responses) != Wire.Responses)
        {
            return GatewayError.ResponseNotFound(id);
        }

        using var nothing = new RequestContent(Array.Empty<byte>());
        using var request = RequestOf(call, client, candidate, Uri.EscapeDataString(id) + action);
        using var upstream = new UpstreamAttempt(
            candidate.Provider, isStream: false, clock, TimeSpan.Zero, call.Http.RequestAborted);
        try
        {
            await client.Adapter.AuthorizeAsync(request, default, call.Http.RequestAborted);
        }
        catch (CredentialUnavailableException)
        {
            return GatewayError.UpstreamUnavailable(candidate.Model.Name, retryAfter: null);
        }

        var before = clock.GetTimestamp();
        using var answer = new PooledBuffer(4096);
        var error = await upstream.SendAsync(client.Invoker, request, nothing);
        error = error switch
        {
            { Cause: UpstreamCause.Status } =>
                await AttemptDesk.ReadFaultAsync(client.Adapter, upstream, error, answer),
            null => await upstream.ReadAllAsync(answer, options.MaxResponseBytes),
            _ => error,
        };
        call.UpstreamTime += clock.GetElapsedTime(before);
        return await SayAsync(call, client, upstream, answer, error, id);
    }

    private async ValueTask<GatewayError?> SayAsync(
        GatewayCall call,
        UpstreamClient client,
        UpstreamAttempt upstream,
        PooledBuffer answer,
        UpstreamError? error,
        string id)
    {
        var candidate = call.Candidates[0];
        switch (error)
        {
            case null:
                call.Served = candidate;
                ResponseHeaders.WriteAnswer(call, candidate, answer.Length);
                break;
            case { Status: 404 }:
                return GatewayError.ResponseNotFound(id);
            case { Fault: { IsOfRequest: true } fault } when client.Adapter.Reveals(answer.Span) || answer.Length == 0:
                return GatewayError.OfRequest(fault, candidate.Model.Name, mayShow: false);
            case { Fault.IsOfRequest: true, Status: { } status }:
                call.ErrorCode = "upstream_refused";
                ResponseHeaders.WriteRefusal(call, candidate, status, answer.Length);
                break;
            default:
                return GatewayError.Unserved(error, candidate.Model.Name);
        }

        if (error is null && HttpMethods.IsDelete(call.Http.Request.Method))
        {
            bindings.Forget(call.Caller!.Tenant, id);
        }

        call.Http.Response.ContentType = upstream.IsJson ? "application/json" : "text/event-stream; charset=utf-8";
        call.ResponseBytes = answer.Length;
        await call.Http.Response.Body.WriteAsync(answer.Memory, call.Http.RequestAborted);
        return null;
    }

    private static HttpRequestMessage RequestOf(
        GatewayCall call, UpstreamClient client, RouteCandidate candidate, string rest)
    {
        var target = new UpstreamTarget(client.Adapter, candidate, Wire.Responses, Wire.Responses, Stream: false);
        var asked = call.Http.Request.Query.Where(
            parameter => !parameter.Key.Equals(ApiVersion, StringComparison.OrdinalIgnoreCase));
        var address = new UriBuilder(client.Adapter.AddressOf(target));
        address.Path += "/" + rest;
        address.Query = string.Join('&', new[] { address.Query, QueryString.Create(asked).Value }
            .Select(query => query?.TrimStart('?'))
            .Where(query => !string.IsNullOrEmpty(query)));
        var request = new HttpRequestMessage(new HttpMethod(call.Http.Request.Method), address.Uri);
        request.Headers.TryAddWithoutValidation("X-Request-Id", call.RequestId.ToString());
        foreach (var (name, value) in client.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
