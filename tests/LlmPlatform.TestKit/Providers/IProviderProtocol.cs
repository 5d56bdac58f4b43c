using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.TestKit.Providers;

/// <summary>One vendor's wire: where it answers, how a caller says who it is, what its errors look like.</summary>
internal interface IProviderProtocol
{
    /// <summary>The path of <c>base_url</c>, without slashes around it.</summary>
    string BasePath { get; }

    /// <summary>What ids of its answers begin with.</summary>
    string IdPrefix { get; }

    /// <summary>Whether the request is the usual health probe: the list of models.</summary>
    bool IsHealthProbe(HttpRequest request);

    /// <summary>What a request asks for; null when nothing answers at this address.</summary>
    ProviderRoute? RouteOf(HttpRequest request);

    /// <summary>Throws a <see cref="ProviderRefusal"/> when the caller does not say who it is.</summary>
    /// <param name="request">The request.</param>
    /// <param name="key">The one key that is good; null when any is.</param>
    void Authenticate(HttpRequest request, string? key);

    /// <summary>The headers that this vendor's answers and errors carry.</summary>
    void AddHeaders(HttpResponse response, string answerId);

    JsonObject ErrorBody(ProviderRefusal refusal);

    void AddErrorHeaders(HttpResponse response, ProviderRefusal refusal);
}
