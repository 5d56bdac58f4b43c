using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LlmPlatform.Hosting.Options;

/// <summary>Everything wrong with the options of a process, found before anything runs.</summary>
internal static class OptionsFaults
{
    public static IReadOnlyCollection<string> Of(IServiceProvider services, IConfiguration settings)
    {
        var sections = services.GetServices<OptionsSection>().DistinctBy(section => section.Path).ToList();
        return
        [
            .. sections.SelectMany(section => section.FaultsOf(services, settings.GetSection(section.Path))),
            .. sections
                .Select(section => section.Path.Split(':')[0])
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .SelectMany(root => UnreadSectionsOf(settings.GetSection(root), sections)),
            .. LibraryFaultsOf(services),
        ];
    }

    // A section beside those that are read is a typing error: its options would silently keep their defaults.
    private static IEnumerable<string> UnreadSectionsOf(IConfigurationSection root, List<OptionsSection> sections) =>
        root.GetChildren()
            .Where(child => !sections.Exists(section => IsWithin(child.Path, section.Path)))
            .Select(child => $"{child.Path}: no service of this process has options there; it has "
                + string.Join(", ", sections.Select(section => section.Path).Where(path => IsWithin(root.Path, path)))
                + ".");

    private static bool IsWithin(string outer, string inner) =>
        inner.Equals(outer, StringComparison.OrdinalIgnoreCase)
        || inner.StartsWith(outer + ":", StringComparison.OrdinalIgnoreCase)
        || outer.StartsWith(inner + ":", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> LibraryFaultsOf(IServiceProvider services)
    {
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
            return [];
        }
        catch (OptionsValidationException invalid)
        {
            return invalid.Failures;
        }
        catch (AggregateException several)
        {
            return several.InnerExceptions.Select(fault => fault.Message);
        }
    }
}
