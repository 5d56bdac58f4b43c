using Microsoft.Extensions.Configuration;

namespace LlmPlatform.Hosting.Options;

/// <summary>A section that some module reads.</summary>
/// <param name="Path">For example <c>Billing:Warehouse</c>.</param>
/// <param name="FaultsOf">Says what is wrong with it.</param>
internal sealed record OptionsSection(
    string Path, Func<IServiceProvider, IConfigurationSection, IEnumerable<string>> FaultsOf);
