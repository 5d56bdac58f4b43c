using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LlmPlatform.Hosting.Options;

/// <summary>Options that stop the start when a key is unknown or a value is out of its range.</summary>
public static class ValidatedOptions
{
    /// <summary>
    /// Binds a section, for example <c>Billing:Warehouse</c> (environment:
    /// <c>Billing__Warehouse__MaxBatchRows=5000</c>). An unknown key, a value that cannot be read and one that its
    /// attributes refuse are each a fault of the start.
    /// </summary>
    public static IServiceCollection AddValidatedOptions<TOptions>(
        this IServiceCollection services, PlatformContext platform, string section)
        where TOptions : class
    {
        return services.AddValidatedOptions<TOptions>(platform.Settings, section);
    }

    /// <summary>The same from settings at hand.</summary>
    internal static IServiceCollection AddValidatedOptions<TOptions>(
        this IServiceCollection services, IConfiguration settings, string section)
        where TOptions : class
    {
        services.AddOptions<TOptions>().Bind(settings.GetSection(section));
        return services.AddValidation<TOptions>(section);
    }

    /// <summary>The same from the host's own configuration.</summary>
    internal static IServiceCollection AddValidatedOptions<TOptions>(this IServiceCollection services, string section)
        where TOptions : class
    {
        services.AddOptions<TOptions>().BindConfiguration(section);
        return services.AddValidation<TOptions>(section);
    }

    private static IServiceCollection AddValidation<TOptions>(this IServiceCollection services, string section)
        where TOptions : class
    {
        services.AddSingleton(new OptionsSection(section, FaultsOf<TOptions>));
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<TOptions>>(new AttributeValidation<TOptions>(section)));
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<TOptions>>().Value);
        return services;
    }

    private static IEnumerable<string> FaultsOf<TOptions>(IServiceProvider provider, IConfigurationSection settings)
        where TOptions : class
    {
        var known = typeof(TOptions).GetProperties().Where(property => property.CanWrite)
            .ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        var given = settings.GetChildren().ToList();
        var unreadable = given
            .Where(child => known.TryGetValue(child.Key, out var property) && !CanRead(child, property.PropertyType))
            .ToList();
        return
        [
            .. given
                .Where(child => !known.ContainsKey(child.Key))
                .Select(child =>
                    $"{child.Path}: there is no such option; {settings.Path} has {string.Join(", ", known.Keys)}."),
            .. unreadable.Select(child => $"{child.Path}: is not {NameOf(known[child.Key].PropertyType)}."),
            .. unreadable.Count == 0
                ? ValueFaultsOf<TOptions>(provider)
                : FaultsOfTheRest<TOptions>(settings, unreadable),
        ];
    }

    private static bool CanRead(IConfigurationSection child, Type type)
    {
        try
        {
            child.Get(type);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static string NameOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(TimeSpan) ? "a length of time such as 00:00:10"
            : type == typeof(bool) ? "true or false"
            : type == typeof(int) || type == typeof(long) ? "a whole number that fits"
            : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
            : $"a {type.Name}";
    }

    // One value that cannot be read hides none of the others: they are judged without it.
    private static List<string> FaultsOfTheRest<TOptions>(
        IConfigurationSection settings, List<IConfigurationSection> unreadable)
        where TOptions : class
    {
        var rest = settings.AsEnumerable().Where(pair => !unreadable.Exists(child =>
            pair.Key == child.Path || pair.Key.StartsWith(child.Path + ":", StringComparison.Ordinal)));
        var readable = new ConfigurationBuilder().AddInMemoryCollection(rest).Build().GetSection(settings.Path);
        return AttributeFaultsOf(settings.Path, readable.Get<TOptions>() ?? Activator.CreateInstance<TOptions>());
    }

    private static IEnumerable<string> ValueFaultsOf<TOptions>(IServiceProvider provider)
        where TOptions : class
    {
        try
        {
            _ = provider.GetRequiredService<IOptions<TOptions>>().Value;
            return [];
        }
        catch (OptionsValidationException invalid)
        {
            return invalid.Failures;
        }
        catch (InvalidOperationException unreadable)
        {
            return [unreadable.Message];
        }
    }

    private static List<string> AttributeFaultsOf(string section, object options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return
        [
            .. results.Select(result => $"{section}:{string.Join(',', result.MemberNames)}: {result.ErrorMessage}"),
        ];
    }

    private sealed class AttributeValidation<TOptions>(string section) : IValidateOptions<TOptions>
        where TOptions : class
    {
        public ValidateOptionsResult Validate(string? name, TOptions options)
        {
            var faults = AttributeFaultsOf(section, options);
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }
}
