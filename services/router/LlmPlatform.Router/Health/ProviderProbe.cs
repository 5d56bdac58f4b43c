using System.Globalization;
using System.Net.Http.Headers;
using LlmPlatform.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Router.Health;

/// <summary>
/// Asks a provider whether anybody is there: a GET below its base address. Any answer under 500 is good, 401, 404 and
/// 429 included: somebody serves, and whether this path, this credential or this minute suits them is not what a probe
/// can tell; unless the configuration names the good ones. Bad are 5xx, no connection, and no answer in time.
/// </summary>
internal sealed class ProviderProbe(IHttpClientFactory http, TimeProvider clock)
{
    private const string ClientName = "provider-probe";
    private const string AnthropicVersion = "2023-06-01";

    public static void AddTo(IServiceCollection services)
    {
        // A redirect is an answer; following it would show the credential to whoever it names.
        services.AddHttpClient(ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            });
        services.AddSingleton<ProviderProbe>();
    }

    /// <summary>Probes once. The target's own timeout bounds it.</summary>
    public async Task<ProbeResult> AskAsync(ProbeTarget target, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(target.Health.Timeout, clock);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(target));
        Authorize(request.Headers, target);
        try
        {
            using var client = http.CreateClient(ClientName);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ended.Token);
            var status = (int)answer.StatusCode;
            return new ProbeResult(IsGood(status, target.Health.Statuses), $"status {status}", clock.GetUtcNow());
        }
        catch (HttpRequestException fault)
        {
            return new ProbeResult(false, $"no answer: {fault.HttpRequestError}", clock.GetUtcNow());
        }
        catch (OperationCanceledException)
            when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new ProbeResult(false, "timeout", clock.GetUtcNow());
        }
    }

    private static bool IsGood(int status, string? ranges)
    {
        if (ranges is null)
            return status < 500;
        foreach (var range in ranges.Split(','))
        {
            var ends = range.Split('-');
            if (int.Parse(ends[0], CultureInfo.InvariantCulture) <= status
                && status <= int.Parse(ends[^1], CultureInfo.InvariantCulture))
                return true;
        }

        return false;
    }

    private static Uri AddressOf(ProbeTarget target) =>
        new(target.BaseUrl.GetLeftPart(UriPartial.Path).TrimEnd('/') + target.Health.Path);

    private static void Authorize(HttpRequestHeaders headers, ProbeTarget target)
    {
        if (target.ApiKey is not { } credential)
            return;

        switch (target.Kind)
        {
            case ProviderKind.Anthropic:
                headers.Add("x-api-key", credential.Reveal());
                headers.Add("anthropic-version", AnthropicVersion);
                break;
            case ProviderKind.AzureOpenAi:
                headers.Add("api-key", credential.Reveal());
                break;
            case ProviderKind.Gemini:
                headers.Add("x-goog-api-key", credential.Reveal());
                break;
            case ProviderKind.Vertex or ProviderKind.Bedrock:
                // Known by what is made from the credential for each call; the credential itself is never sent.
                break;
            default:
                headers.Authorization = new AuthenticationHeaderValue("Bearer", credential.Reveal());
                break;
        }
    }
}
