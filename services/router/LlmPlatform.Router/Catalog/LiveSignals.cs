using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Security;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Router.Client;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Router.Catalog;

/// <summary>
/// Asks an edge what it knows of the deployments right now. Each edge knows its own calls; of several, whichever
/// answers at the edge's address.
/// </summary>
internal sealed class LiveSignals(IHttpClientFactory clients, PlatformEnvironment environment, TimeProvider clock)
{
    private const string ClientName = "live-signals";
    private const int MaxBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void AddTo(IServiceCollection services)
    {
        services.AddHttpClient(ClientName)
            .ConfigureHttpClient(client => client.MaxResponseContentBufferSize = MaxBytes);
        services.AddSingleton<LiveSignals>();
    }

    /// <summary>Null where no edge answers.</summary>
    public async Task<SignalReading?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!environment.Knows("edge"))
            return null;
        using var late = new CancellationTokenSource(Patience, clock);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var http = clients.CreateClient(ClientName);
            var address = new Uri(environment.UrlOf("edge"), "/internal/v1/routing/signals");
            using var answer = await ServiceCall.SendAsync(
                http, environment.MasterKey, () => new HttpRequestMessage(HttpMethod.Get, address), ended.Token);
            return answer.StatusCode == HttpStatusCode.OK
                ? await answer.Content.ReadFromJsonAsync<SignalReading>(SnapshotFeeds.Json, ended.Token)
                : null;
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
