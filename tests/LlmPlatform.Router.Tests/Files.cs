using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Router.Tests;

/// <summary>Configuration files in few words.</summary>
internal static class Files
{
    /// <summary>The credential of every provider here; it must be seen nowhere in clear.</summary>
    public const string Credential = "sk-very-secret-credential";

    public static PlatformConfiguration Of(params ProviderConfiguration[] providers) => new()
    {
        Providers = providers,
        Models =
        [
            .. providers.Where(provider => provider.Enabled).Select(provider => new ModelConfiguration
            {
                Name = $"model-{provider.Name}",
                Deployments = [new DeploymentConfiguration { Provider = provider.Name, Model = "upstream" }],
                ContextWindow = 8000,
            }),
        ],
    };

    /// <summary>A provider that is not probed.</summary>
    public static ProviderConfiguration Provider(string name) => new()
    {
        Name = name,
        Kind = ProviderKind.OpenAiCompatible,
        BaseUrl = new Uri("http://127.0.0.1:9/v1"),
        ApiKey = new Secret(Credential),
        Health = new ProviderHealthConfiguration { Enabled = false },
    };

    /// <summary>A provider that is probed every 10 s, down after 3 bad probes and up after 2 good ones.</summary>
    public static ProviderConfiguration Probed(string name, Uri baseUrl) => Provider(name) with
    {
        BaseUrl = baseUrl,
        Health = new ProviderHealthConfiguration(),
    };
}
