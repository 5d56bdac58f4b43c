using System.Reflection;
using System.Text;
using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// The closed sets of the configuration as the file spells them: snake_case, such as <c>openai_compatible</c>.
/// </summary>
public static class EnumText
{
    /// <summary>How the file spells a value.</summary>
    /// <typeparam name="T">The closed set.</typeparam>
    /// <param name="value">A member of it.</param>
    /// <returns>The spelling, such as <c>lowest_latency</c>.</returns>
    public static string Of<T>(T value)
        where T : struct, Enum
    {
        foreach (var (text, member) in Spellings<T>.All)
        {
            if (EqualityComparer<T>.Default.Equals(member, value))
                return text;
        }

        throw new ArgumentOutOfRangeException(nameof(value), value, $"Not a member of {typeof(T).Name}.");
    }

    /// <summary>Reads a spelling. Upper and lower case are told apart.</summary>
    /// <typeparam name="T">The closed set.</typeparam>
    /// <param name="text">What was written.</param>
    /// <param name="value">The member; the first of the set when the text names none.</param>
    /// <returns>False when the text names no member.</returns>
    public static bool TryParse<T>(string? text, out T value)
        where T : struct, Enum
    {
        foreach (var (spelling, member) in Spellings<T>.All)
        {
            if (string.Equals(spelling, text, StringComparison.Ordinal))
            {
                value = member;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Every spelling of a set, in the order of its declaration.</summary>
    /// <typeparam name="T">The closed set.</typeparam>
    /// <returns>The spellings.</returns>
    public static IReadOnlyList<string> All<T>()
        where T : struct, Enum => [.. Spellings<T>.All.Select(pair => pair.Text)];

    private static class Spellings<T>
        where T : struct, Enum
    {
        public static readonly IReadOnlyList<(string Text, T Value)> All =
            [.. Enum.GetValues<T>().Select(value => (Spell(value), value))];

        private static string Spell(T value)
        {
            var name = value.ToString();

            // The same attribute spells the member in JSON, so that file and API agree.
            var given = typeof(T).GetField(name)?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>();
            if (given is not null)
                return given.Name;

            var text = new StringBuilder();
            foreach (var letter in name)
            {
                if (char.IsUpper(letter) && text.Length > 0)
                    text.Append('_');
                text.Append(char.ToLowerInvariant(letter));
            }

            return text.ToString();
        }
    }
}
