using System.Net;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Security;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Alerting.Channels;

/// <summary>
/// Fetches the papers of a notice from the services that have them, as many bytes as a mail may carry.
/// </summary>
internal sealed class AttachedPapers(
    IHttpClientFactory clients, PlatformEnvironment environment, ChannelOptions options)
{
    private const string ClientName = "alerting-papers";

    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<AttachedPapers>();
        services.AddHttpClient(ClientName).ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan);
    }

    /// <summary>Each paper, in order; one that is too large for what is left, or is nowhere, without content.</summary>
    /// <exception cref="HttpRequestException">A service does not answer: another attempt may have it.</exception>
    public async Task<IReadOnlyList<MailAttachment>> FetchAsync(
        AlertNotice notice, CancellationToken cancellationToken)
    {
        var fetched = new List<MailAttachment>();
        var left = options.MaxAttachmentBytes;
        foreach (var paper in notice.Papers)
        {
            var content = await FetchAsync(paper, left, cancellationToken);
            left -= content?.Length ?? 0;
            fetched.Add(new MailAttachment(paper, content));
        }

        return fetched;
    }

    private async Task<byte[]?> FetchAsync(NoticePaper paper, int maxBytes, CancellationToken cancellationToken)
    {
        if (maxBytes <= 0 || !environment.Knows(paper.Service))
        {
            return null;
        }

        using var http = clients.CreateClient(ClientName);
        var address = new Uri(environment.UrlOf(paper.Service), paper.Path);
        using var response = await ServiceCall.SendAsync(
            http,
            environment.MasterKey,
            () => new HttpRequestMessage(HttpMethod.Get, address),
            cancellationToken,
            HttpCompletionOption.ResponseHeadersRead);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (content.Length + read > maxBytes)
            {
                return null;
            }

            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }
}
