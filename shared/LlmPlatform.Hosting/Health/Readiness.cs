using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Hosting.Health;

/// <summary>Registers what a module stands on.</summary>
public static class Readiness
{
    /// <summary>
    /// Adds a dependency to the module's readiness. In a process whose callers wait on another module, a dependency
    /// that only this one needs is shown, and does not make the process unready.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="module">The module that needs it.</param>
    /// <param name="name">What <c>/readyz</c> shows, for example <c>clickhouse</c>.</param>
    /// <param name="required">False when the module serves on without it.</param>
    /// <param name="check">Returns null when all is well, else what is wrong, in a sentence without secrets.</param>
    public static IServiceCollection AddDependency(
        this IServiceCollection services,
        IServiceModule module,
        string name,
        bool required,
        Func<IServiceProvider, CancellationToken, ValueTask<string?>> check) =>
        services.AddSingleton(provider => new ModuleDependency(
            module, new DependencyCheck(name, required, token => check(provider, token))));
}
