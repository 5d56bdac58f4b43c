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
    /// Binds a section, for example <c>Billing:Warehouse</c> (environment: <c>Billing__Warehouse__MaxBatchRows=5000</c>). An
    /// unknown key, a value that cannot be read and one that its attributes refuse are each a fault of the start.
    /// </summary>
    /// <exception cref="OptionsValidationException">At start, with every fault.</exception>
    public static IServiceCollection AddValidatedOptions<TOptions>(
        this IServiceCollection services, PlatformContext platform, string section)
        where TOptions : class
    {
        services.AddSingleton(new OptionsSection(section));
        services.AddOptions<TOptions>()
            .Bind(platform.Settings.GetSection(section), binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<TOptions>>(new AttributeValidation<TOptions>(section)));
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<TOptions>>().Value);
        return services;
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
