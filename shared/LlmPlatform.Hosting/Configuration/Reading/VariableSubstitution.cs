using System.Text.RegularExpressions;

namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>
/// Replaces <c>${NAME}</c> and <c>${NAME:-default}</c> by the environment; <c>$${</c> stands for <c>${</c>. It works on
/// values that YAML has already delimited, so nothing in a variable can add a key or a list item.
/// </summary>
internal static partial class VariableSubstitution
{
    /// <summary>What became of a value.</summary>
    /// <param name="Text">The value to use; where a variable is unset, it stands empty.</param>
    /// <param name="Unset">The first variable that is unset and has no default.</param>
    /// <param name="IsFromEnvironment">Whether any of it came from the environment, and so must not be shown.</param>
    /// <param name="IsMalformed">Whether a <c>${</c> opens something that is no variable.</param>
    internal sealed record Outcome(string Text, string? Unset, bool IsFromEnvironment, bool IsMalformed);

    public static Outcome Apply(string text, EnvironmentReading environment)
    {
        string? unset = null;
        var isFromEnvironment = false;
        var isMalformed = false;
        var replaced = Marker().Replace(text, match =>
        {
            if (match.ValueSpan is "$${")
                return "${";
            if (!match.Groups["name"].Success)
            {
                isMalformed = true;
                return match.Value;
            }

            var name = match.Groups["name"].Value;
            if (environment.Find(name) is { } value)
            {
                isFromEnvironment = true;
                return value;
            }

            if (!match.Groups["default"].Success)
                unset ??= name;
            return match.Groups["default"].Value;
        });
        return new Outcome(replaced, unset, isFromEnvironment, isMalformed);
    }

    [GeneratedRegex(@"\$\$\{|\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?<default>[^}]*))?\}|\$\{")]
    private static partial Regex Marker();
}
