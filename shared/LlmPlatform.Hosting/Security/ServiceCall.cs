using System.Net;
using System.Net.Http.Headers;

namespace LlmPlatform.Hosting.Security;

/// <summary>One service asks another, and shows that it belongs to the platform.</summary>
public static class ServiceCall
{
    /// <summary>
    /// Sends a request. While the master key is being replaced, a service that was not restarted yet knows another one:
    /// refused with this, it is asked again with that.
    /// </summary>
    /// <param name="http">Sends it.</param>
    /// <param name="key">What both have in common.</param>
    /// <param name="make">Makes the request, anew for each time it is sent.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    /// <param name="completion">When it is done: by default with the whole answer.</param>
    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient http,
        MasterKey key,
        Func<HttpRequestMessage> make,
        CancellationToken cancellationToken,
        HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        for (var i = 0; ; i++)
        {
            using var request = make();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.InternalTokens[i]);
            var response = await http.SendAsync(request, completion, cancellationToken);
            if (response.StatusCode != HttpStatusCode.Unauthorized || i + 1 == key.InternalTokens.Count)
                return response;
            response.Dispose();
        }
    }
}
