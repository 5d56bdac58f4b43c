using System.Security.Cryptography;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Router.Catalog;

/// <summary>Turns the configuration file into what edges route by: what is switched off is left out.</summary>
internal sealed class CatalogBuilder(PlatformEnvironment environment)
{
    private readonly CredentialCipher _cipher = environment.Credentials
        ?? throw new InvalidOperationException("LLM_PLATFORM_ENCRYPTION_KEY is not set.");

    /// <summary>The next snapshot. Built twice from the same facts, it says the same, also after a restart.</summary>
    /// <param name="configuration">The file.</param>
    /// <param name="before">The snapshot in force, whose credentials are kept where they have not changed.</param>
    /// <param name="down">Names of the providers whose probes fail.</param>
    public RoutingSnapshot Build(
        PlatformConfiguration configuration, RoutingSnapshot? before, IReadOnlySet<string> down)
    {
        var kept = before?.Providers.ToDictionary(provider => provider.Name, provider => provider.EncryptedApiKey);

        // Ordered by name: what stands where in the file is no difference to an edge.
        var providers = configuration.Providers
            .Where(provider => provider.Enabled)
            .OrderBy(provider => provider.Name, StringComparer.Ordinal)
            .Select(provider => Routed(provider, kept?.GetValueOrDefault(provider.Name), !down.Contains(provider.Name)))
            .ToList();
        var on = providers.Select(provider => provider.Name).ToHashSet(StringComparer.Ordinal);
        var models = configuration.Models
            .Where(model => model.Enabled)
            .OrderBy(model => model.Name, StringComparer.Ordinal)
            .Select(model => Routed(model, on))
            .Where(model => model.Deployments.Count > 0)
            .ToList();
        return new RoutingSnapshot { Version = (before?.Version ?? 0) + 1, Providers = providers, Models = models };
    }

    private RoutedProvider Routed(ProviderConfiguration provider, string? keptCredential, bool up) => new()
    {
        Name = provider.Name,
        Kind = EnumText.Of(provider.Kind),
        BaseUrl = provider.BaseUrl,
        EncryptedApiKey = Sealed(provider, keptCredential),
        Timeout = provider.Timeout,
        FirstByteTimeout = provider.FirstByteTimeout,
        IdleTimeout = provider.IdleTimeout,
        Region = provider.Region,
        Local = provider.Local,
        Up = up,
    };

    private static RoutedModel Routed(ModelConfiguration model, HashSet<string> providersOn) => new()
    {
        Name = model.Name,
        Deployments =
        [
            .. model.Deployments
                .Where(deployment => providersOn.Contains(deployment.Provider))
                .Select(deployment => new RoutedDeployment
                {
                    Provider = deployment.Provider,
                    Model = deployment.Model,
                    Priority = deployment.Priority,
                    Weight = deployment.Weight,
                }),
        ],
        Fallbacks = [.. model.Fallbacks],
        ContextWindow = model.ContextWindow,
        MaxOutputTokens = model.MaxOutputTokens,
        Strategy = EnumText.Of(model.Strategy),
    };

    /// <summary>
    /// Encrypting gives another text every time. The one in force stays as long as it opens to the same credential;
    /// otherwise every restart would look like a change. A rotated encryption key does make a new one.
    /// </summary>
    private string? Sealed(ProviderConfiguration provider, string? kept)
    {
        if (provider.ApiKey is not { } credential)
            return null;

        var owner = RoutingSnapshots.CredentialOf(provider.Name);
        return kept is not null && Opens(kept, owner, credential) ? kept : _cipher.Encrypt(credential.Reveal(), owner);
    }

    private bool Opens(string kept, string owner, Secret credential)
    {
        try
        {
            return new Secret(_cipher.Decrypt(kept, owner)) == credential;
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
