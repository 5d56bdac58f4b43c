using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Alerting.Channels;

/// <summary>
/// Posts to an address that is itself a secret: neither a log nor a span sees it. Redirects are not followed, no proxy
/// is asked, and <see cref="AddressGuard"/> decides what is connected to.
/// </summary>
internal sealed class ChannelPost(IHttpClientFactory clients, TimeProvider clock)
{
    private const string ClientName = "alerting-channels";

    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<ChannelPost>();
        services.AddSingleton<AddressGuard>();
        services.AddHttpClient(ClientName)
            .RemoveAllLoggers()
            .ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(provider => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,

                // A proxy would connect where the guard has not looked.
                UseProxy = false,
                ConnectCallback = provider.GetRequiredService<AddressGuard>().ConnectAsync,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),

                // Without a propagator the handler starts no span, and a span would carry the whole address.
                ActivityHeadersPropagator = null,
            });
    }

    /// <summary>
    /// Posts, and answers with the status; what keeps the other side from being reached is a result to retry.
    /// </summary>
    /// <param name="address">Where to.</param>
    /// <param name="body">What; disposed of here.</param>
    /// <param name="judge">What a status other than 2xx, 408, 429 and 5xx means for this kind of channel.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<SendResult> SendAsync(
        string address, HttpContent body, Func<int, SendResult> judge, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = body };
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var response = await client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var status = (int)response.StatusCode;
            return status switch
            {
                >= 200 and < 300 => SendResult.Delivered($"HTTP {status}"),
                >= 300 and < 400 => SendResult.Refused($"HTTP {status}: redirects are not followed"),
                (int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.TooManyRequests or >= 500 =>
                    SendResult.Retry($"HTTP {status}", RetryAfter(response)),
                _ => judge(status),
            };
        }
        catch (HttpRequestException fault) when (fault.InnerException is AddressRefusedException)
        {
            return SendResult.Refused(AddressRefusedException.Sentence);
        }
        catch (HttpRequestException fault)
        {
            return SendResult.Retry($"not reached: {fault.HttpRequestError}");
        }
    }

    /// <summary>
    /// For services that give out their addresses themselves: 403, 404 and 410 say that this one was taken back.
    /// </summary>
    public static SendResult JudgeIssued(int status) =>
        (HttpStatusCode)status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Gone
            ? SendResult.Gone($"HTTP {status}")
            : SendResult.Refused($"HTTP {status}");

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > clock.GetUtcNow() => date - clock.GetUtcNow(),
        _ => null,
    };
}
