using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

/// <summary>
/// What can be judged only with the whole file in view. Every validator runs, whatever the others found, so that an
/// operator
/// mends the file once.
/// </summary>
internal static class ConfigurationCheck
{
    private static readonly IReadOnlyList<Action<PlatformConfiguration, FileReading>> Validators =
    [
        UniqueNameValidator.Validate,
        TimeZoneValidator.Validate,
        CorsOriginValidator.Validate,
        ProviderValidator.Validate,
        ModelValidator.Validate,
        FallbackValidator.Validate,
        RouteValidator.Validate,
        KeyValidator.Validate,
        ScopeValidator.Validate,
        LimitValidator.Validate,
        BudgetValidator.Validate,
        ChannelValidator.Validate,
        AlertingValidator.Validate,
        GuardrailValidator.Validate,
        CacheValidator.Validate,
        AuthValidator.Validate,
    ];

    public static void Run(PlatformConfiguration configuration, FileReading reading)
    {
        foreach (var validate in Validators)
            validate(configuration, reading);
    }
}
