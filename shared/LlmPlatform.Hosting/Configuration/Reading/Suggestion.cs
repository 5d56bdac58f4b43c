namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>The name somebody meant when they wrote one that does not exist.</summary>
internal static class Suggestion
{
    /// <summary>The longest name that is compared: distances take time by the square of it.</summary>
    private const int MaxLength = 64;

    /// <summary>The end of a sentence: a guess where one name is close, else the names there are.</summary>
    public static string For(string written, IReadOnlyCollection<string> known)
    {
        var nearest = known
            .Select(name => (Name: name, Distance: Distance(written, name)))
            .Where(candidate => candidate.Distance <= Math.Max(1, candidate.Name.Length / 3))
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();
        if (nearest is not null)
            return $"did you mean \"{nearest}\"?";
        return known.Count switch
        {
            0 => "none are declared.",
            > 20 => "see those the file declares.",
            _ => $"known here: {string.Join(", ", known)}.",
        };
    }

    /// <summary>How many letters must be added, dropped, changed or swapped with their neighbour.</summary>
    private static int Distance(string left, string right)
    {
        if (left.Length > MaxLength || right.Length > MaxLength)
            return int.MaxValue;

        var table = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
            table[i, 0] = i;
        for (var j = 0; j <= right.Length; j++)
            table[0, j] = j;

        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var change = left[i - 1] == right[j - 1] ? 0 : 1;
                var best = Math.Min(table[i - 1, j] + 1, Math.Min(table[i, j - 1] + 1, table[i - 1, j - 1] + change));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    best = Math.Min(best, table[i - 2, j - 2] + 1);
                table[i, j] = best;
            }
        }

        return table[left.Length, right.Length];
    }
}
