using System.Security.Cryptography;
using System.Text.Json;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Router.Catalog;

/// <summary>Turns the configuration file into what edges route by: what is switched off is left out.</summary>
internal sealed class CatalogBuilder(PlatformEnvironment environment, TimeProvider clock)
{
    private readonly CredentialCipher _cipher = environment.Credentials
        ?? throw new InvalidOperationException("LLM_PLATFORM_ENCRYPTION_KEY is not set.");

    /// <summary>The next snapshot. Built twice from the same facts, it says the same, also after a restart.</summary>
    /// <param name="configuration">The file.</param>
    /// <param name="before">The snapshot in force, whose encrypted texts are kept where they say the same.</param>
    /// <param name="down">Names of the providers whose probes fail.</param>
    /// <param name="demoted">Deployments that break what is promised of them; null: none.</param>
    public RoutingSnapshot Build(
        PlatformConfiguration configuration,
        RoutingSnapshot? before,
        IReadOnlySet<string> down,
        IReadOnlySet<(string Provider, string Model)>? demoted = null)
    {
        var kept = before?.Providers.ToDictionary(provider => provider.Name);

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
            .Select(model => Demoted(Routed(model, on, clock.GetUtcNow()), demoted))
            .Where(model => model.Deployments.Count > 0)
            .ToList();
        return new RoutingSnapshot
        {
            Version = (before?.Version ?? 0) + 1,
            Providers = providers,
            Models = models,
            Rules = [.. configuration.Routes.Select((route, index) => RuleBuilder.RuleOf(route, index + 1))],
        };
    }

    private RoutedProvider Routed(ProviderConfiguration provider, RoutedProvider? kept, bool up) => new()
    {
        Name = provider.Name,
        Kind = EnumText.Of(provider.Kind),
        BaseUrl = provider.BaseUrl,
        EncryptedApiKey = Sealed(
            CredentialOf(provider), kept?.EncryptedApiKey, RoutingSnapshots.CredentialOf(provider.Name)),
        EncryptedHeaders = Sealed(
            HeadersOf(provider), kept?.EncryptedHeaders, RoutingSnapshots.HeadersOf(provider.Name)),
        ApiVersion = provider.ApiVersion,
        Project = provider.Project,
        Location = provider.Location,
        Vendor = provider.Vendor is { } vendor ? EnumText.Of(vendor) : null,
        Timeout = provider.Timeout,
        FirstByteTimeout = provider.FirstByteTimeout,
        IdleTimeout = provider.IdleTimeout,
        Region = provider.Region,
        Local = provider.Local,
        CircuitFailures = provider.Circuit.Failures,
        CircuitRecovery = provider.Circuit.Recovery,
        Up = up,
    };

    private static RoutedModel Demoted(
        RoutedModel model, IReadOnlySet<(string Provider, string Model)>? demoted) => demoted is not { Count: > 0 }
        ? model
        : model with
        {
            Deployments =
            [
                .. model.Deployments.Select(deployment => deployment with
                {
                    Demoted = demoted.Contains((deployment.Provider, deployment.Model)),
                }),
            ],
        };

    private static RoutedModel Routed(
        ModelConfiguration model, HashSet<string> providersOn, DateTimeOffset now) => new()
        {
            Name = model.Name,
            Deployments =
            [
                .. model.Deployments
                    .Where(deployment => providersOn.Contains(deployment.Provider))
                    .Select(deployment => Routed(model, deployment, deployment.Price?.At(now))),
            ],
            Fallbacks = [.. model.Fallbacks],
            ContextWindowFallbacks = [.. model.ContextWindowFallbacks],
            ContentPolicyFallbacks = [.. model.ContentPolicyFallbacks],
            Failover = FailoverOf(model.Failover),
            Hedging = model.Hedging is { } hedging
                ? new RoutedHedging { Initial = hedging.Initial, Floor = hedging.Floor, Percent = hedging.Percent }
                : null,
            ContextWindow = model.ContextWindow,
            MaxOutputTokens = model.MaxOutputTokens,
            Strategy = EnumText.Of(model.Strategy),
            OnDisconnect = EnumText.Of(model.OnDisconnect),
        };

    private static RoutedDeployment Routed(
        ModelConfiguration model, DeploymentConfiguration deployment, PriceConfiguration? price) => new()
        {
            Provider = deployment.Provider,
            Model = deployment.Model,
            Priority = deployment.Priority,
            Weight = deployment.Weight,
            InputPrice = price?.Input,
            OutputPrice = price?.Output,
            Tools = deployment.Tools ?? model.Tools,
            Vision = deployment.Vision ?? model.Vision,
            ContextWindow = deployment.ContextWindow,
            MaxOutputTokens = deployment.MaxOutputTokens,
        };

    private static RoutedFailover FailoverOf(ModelFailoverConfiguration failover) => new()
    {
        Retries = failover.Retries,
        Backoff = failover.Backoff,
        On = failover.On,
        Deadline = failover.Deadline,
    };

    // A kind that is known by more than one secret has them in one document, so that they change together.
    private static string? CredentialOf(ProviderConfiguration provider) => provider switch
    {
        { AccessKeyId: { } id, SecretAccessKey: { } secret } => new AwsKeys
        {
            AccessKeyId = id.Reveal(),
            SecretAccessKey = secret.Reveal(),
            SessionToken = provider.SessionToken?.Reveal(),
        }.ToCredential(),
        _ => provider.ApiKey?.Reveal(),
    };

    // Ordered by name: where a header stands in the file is no change.
    private static string? HeadersOf(ProviderConfiguration provider) => provider.Headers.Count == 0
        ? null
        : JsonSerializer.Serialize(new SortedDictionary<string, string>(
            provider.Headers.ToDictionary(header => header.Key, header => header.Value.Reveal()),
            StringComparer.Ordinal));

    /// <summary>
    /// Encrypting gives another text every time. The one in force stays as long as it opens to the same credential;
    /// otherwise every restart would look like a change. One that only the encryption key before opens is made anew, so
    /// that that one can be taken away.
    /// </summary>
    private string? Sealed(string? secret, string? kept, string owner) => secret is null ? null
        : kept is not null && Opens(kept, owner, secret) ? kept
        : _cipher.Encrypt(secret, owner);

    private bool Opens(string kept, string owner, string secret)
    {
        try
        {
            return _cipher.IsCurrent(kept, owner) && new Secret(_cipher.Decrypt(kept, owner)) == new Secret(secret);
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
