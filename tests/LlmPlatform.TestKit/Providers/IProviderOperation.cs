using System.Text.Json;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers;

/// <summary>One address of a wire: what it demands of a request, and how it answers.</summary>
internal interface IProviderOperation
{
    /// <summary>Whether a request to it has a body.</summary>
    bool TakesBody => true;

    /// <summary>
    /// Reads a request; throws the <see cref="ProviderRefusal"/> that the real provider would answer.
    /// </summary>
    ModelRequest Read(JsonElement body, ProviderRoute route);

    Task AnswerAsync(ProviderCall call);
}
