using System.Globalization;
using System.Text.Json;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Router.Catalog;

/// <summary>
/// Says in words what an operator changed, by name: nothing of what a provider or a model holds is repeated.
/// </summary>
internal static class CatalogDifference
{
    private const int NamedAtMost = 20;

    /// <summary>Text such as <c>providers: added azure; models: changed gpt-4o, removed gpt-4</c>.</summary>
    public static string Describe(RoutingSnapshot? before, RoutingSnapshot after)
    {
        var parts = new[]
        {
            Describe("providers", Texts(before?.Providers), Texts(after.Providers)),
            Describe("models", Texts(before?.Models), Texts(after.Models)),
            Describe("routes", Texts(before?.Rules), Texts(after.Rules)),
        };
        return string.Join("; ", parts.Where(part => part.Length > 0));
    }

    private static Dictionary<string, string> Texts(IReadOnlyList<RoutedProvider>? providers) => (providers ?? [])
        .ToDictionary(provider => provider.Name, provider => Text(provider with { Up = true }), StringComparer.Ordinal);

    private static Dictionary<string, string> Texts(IReadOnlyList<RoutedModel>? models) => (models ?? [])
        .ToDictionary(model => model.Name, model => Text(Healthy(model)), StringComparer.Ordinal);

    private static RoutedModel Healthy(RoutedModel model) => model with
    {
        Deployments = [.. model.Deployments.Select(deployment => deployment with { Demoted = false })],
    };

    private static Dictionary<string, string> Texts(IReadOnlyList<RoutedRule>? rules) => (rules ?? [])
        .ToDictionary(rule => rule.Position.ToString(CultureInfo.InvariantCulture), Text, StringComparer.Ordinal);

    private static string Text<T>(T item) => JsonSerializer.Serialize(item, SnapshotFeeds.Json);

    private static string Describe(string what, Dictionary<string, string> before, Dictionary<string, string> after)
    {
        var parts = new[]
        {
            Names("added", after.Keys.Where(name => !before.ContainsKey(name))),
            Names("changed", after.Keys.Where(name => before.TryGetValue(name, out var was) && was != after[name])),
            Names("removed", before.Keys.Where(name => !after.ContainsKey(name))),
        };
        var text = string.Join(", ", parts.Where(part => part.Length > 0));
        return text.Length == 0 ? "" : $"{what}: {text}";
    }

    private static string Names(string how, IEnumerable<string> names)
    {
        var all = names.ToList();
        var more = all.Count > NamedAtMost ? $" and {all.Count - NamedAtMost} more" : "";
        return all.Count == 0 ? "" : $"{how} {string.Join(", ", all.Take(NamedAtMost))}{more}";
    }
}
