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
        var known = typeof(TOptions).GetProperties().Select(property => property.Name).ToList();
        var unknown = settings.GetChildren()
            .Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            .Select(child => $"{child.Path}: there is no such option; {settings.Path} has {string.Join(", ", known)}.");
        return unknown.Concat(ValueFaultsOf<TOptions>(provider));
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

    private sealed class AttributeValidation<TOptions>(string section) : IValidateOptions<TOptions>
        where TOptions : class
    {
        public ValidateOptionsResult Validate(string? name, TOptions options)
        {
            var results = new List<ValidationResult>();
            return Validator.TryValidateObject(options, new ValidationContext(options), results, true)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(results.Select(result =>
                    $"{section}:{string.Join(',', result.MemberNames)}: {result.ErrorMessage}"));
        }
    }
}
