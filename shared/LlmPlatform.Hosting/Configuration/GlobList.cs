using System.IO.Enumeration;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// Names given by pattern: <c>*</c> stands for any run of characters, <c>?</c> for one. Case is told apart.
/// </summary>
/// <param name="Patterns">The patterns; a name needs to match one of them.</param>
public sealed record GlobList(IReadOnlyList<string> Patterns)
{
    /// <summary>Matches every name.</summary>
    public static GlobList Everything { get; } = new(["*"]);

    /// <summary>Whether a name matches one of the patterns.</summary>
    /// <param name="name">The name, such as <c>gpt-4o-mini</c>.</param>
    /// <returns>True when it does.</returns>
    public bool Matches(string name)
    {
        for (var i = 0; i < Patterns.Count; i++)
        {
            if (FileSystemName.MatchesSimpleExpression(Patterns[i], name, ignoreCase: false))
                return true;
        }

        return false;
    }

    /// <summary>The patterns, separated by commas.</summary>
    /// <returns>Text such as <c>gpt-4o*, sim-small</c>.</returns>
    public override string ToString() => string.Join(", ", Patterns);
}
