using System.Diagnostics.CodeAnalysis;

namespace LlmPlatform.Router.Client;

/// <summary>
/// <c>provider:model</c> or <c>provider/model</c>: one deployment, named by its caller. Where a published model has it,
/// that model's bounds and price hold; otherwise it is a model of its own without a price.
/// </summary>
internal static class DirectName
{
    /// <summary>The name with a colon; null when it names no provider.</summary>
    public static string? Spell(string name, PlanBuilder catalogue)
    {
        var end = EndOfProvider(name);
        return end <= 0 || catalogue.FindProvider(name[..end]) is null ? null
            : name[end] == ':' ? name
            : $"{name[..end]}:{name[(end + 1)..]}";
    }

    public static bool TryRead(string name, PlanBuilder catalogue, [NotNullWhen(true)] out RoutedModel? model)
    {
        model = null;
        var end = EndOfProvider(name);
        if (end <= 0 || catalogue.FindProvider(name[..end]) is not { } provider)
            return false;

        var own = name[(end + 1)..];
        if (catalogue.FindServed(provider.Name, own) is { } published)
        {
            model = published with
            {
                Deployments =
                [
                    .. published.Deployments
                        .Where(deployment => deployment.Provider == provider.Name && deployment.Model == own)
                        .Take(1),
                ],
                Fallbacks = [],
                ContextWindowFallbacks = [],
                ContentPolicyFallbacks = [],
            };
            return true;
        }

        model = new RoutedModel
        {
            Name = $"{provider.Name}:{own}",
            Deployments = [new RoutedDeployment { Provider = provider.Name, Model = own, Priority = 1, Weight = 1 }],
            Strategy = "weighted",
        };
        return true;
    }

    // -1 where no provider and model can be told apart.
    private static int EndOfProvider(string name)
    {
        var end = name.AsSpan().IndexOfAny(':', '/');
        return end == name.Length - 1 ? -1 : end;
    }
}
