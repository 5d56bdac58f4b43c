using System.Text.RegularExpressions;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>
/// Under which of our names a provider's figures for a model are compared. Called by a name without a date, a provider
/// reports the dated one that it stands for; but two dated names are two models, with prices of their own. Pure.
/// </summary>
internal sealed partial class ModelNames
{
    private readonly HashSet<string> _called;
    private readonly ILookup<string, string> _dated;

    /// <param name="called">The names that we called models by.</param>
    public ModelNames(IEnumerable<string> called)
    {
        _called = called.ToHashSet(StringComparer.Ordinal);
        _dated = _called.Where(name => Undated(name) != name).ToLookup(Undated, StringComparer.Ordinal);
    }

    /// <summary>
    /// The name we called; else the one without its date, if we called that; else the only dated one of a name that has
    /// none; else it is a model of its own.
    /// </summary>
    public string Of(string reported) =>
        _called.Contains(reported) ? reported
        : _called.Contains(Undated(reported)) ? Undated(reported)
        : _dated[reported].Count() == 1 ? _dated[reported].Single()
        : reported;

    // gpt-4o-2024-08-06, claude-sonnet-4-20250514
    private static string Undated(string model) => Date().Replace(model, "");

    [GeneratedRegex(@"-(\d{4}-\d{2}-\d{2}|\d{8})$")]
    private static partial Regex Date();
}
