using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlmPlatform.Hosting.Security;
using LlmPlatform.Hosting.Snapshots;

namespace LlmPlatform.Hosting.Admin;

/// <summary>
/// Asks the edge whose key it is, by the hash of the secret: the secret itself goes no further than the service it was
/// shown to.
/// </summary>
internal sealed class RemoteOperatorKeys(
    IHttpClientFactory clients, PlatformEnvironment environment, OperatorKeyOptions options, TimeProvider clock)
    : IOperatorKeys
{
    internal const string HttpClientName = "operator-keys";

    private readonly BoundedCache<string, Answer> _answers = new(options.RememberedMax);

    public async ValueTask<OperatorKey?> FindAsync(string secretHash, CancellationToken cancellationToken)
    {
        var isKnown = _answers.TryGet(secretHash, out var known);
        if (isKnown && clock.GetElapsedTime(known.AskedAt) < options.RememberFor)
            return known.Key;

        var askedAt = clock.GetTimestamp();
        try
        {
            var key = await AskAsync(secretHash, cancellationToken);
            _answers.Set(secretHash, new Answer(key, askedAt));
            return key;
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return isKnown && clock.GetElapsedTime(known.AskedAt) < options.TrustFor
                ? known.Key
                : throw new OperatorKeysUnavailableException("The edge cannot be asked whose key it is.", fault);
        }
    }

    private async Task<OperatorKey?> AskAsync(string secretHash, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Timeout);
        using var http = clients.CreateClient(HttpClientName);
        var address = new Uri(environment.UrlOf("edge"), "/internal/v1/keys/find");
        using var response = await ServiceCall.SendAsync(
            http,
            environment.MasterKey,
            () => new HttpRequestMessage(HttpMethod.Post, address)
            {
                Content = JsonContent.Create(new OperatorKeyQuestion(secretHash), options: SnapshotFeeds.Json),
            },
            deadline.Token);
        if (response.StatusCode == HttpStatusCode.NoContent)
            return null;
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<OperatorKey>(SnapshotFeeds.Json, deadline.Token)
            ?? throw new JsonException("The answer is empty.");
    }

    private readonly record struct Answer(OperatorKey? Key, long AskedAt);
}
