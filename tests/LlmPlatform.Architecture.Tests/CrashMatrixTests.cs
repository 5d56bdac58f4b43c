using System.Text.RegularExpressions;

namespace LlmPlatform.Architecture.Tests;

/// <summary>The table of what may die names tests, and those that it names are there.</summary>
public sealed partial class CrashMatrixTests
{
    private const string Matrix = "tests/LlmPlatform.Chaos/README.md";

    [Fact]
    public void Every_test_that_the_crash_matrix_names_exists()
    {
        var named = TestName().Matches(Repository.Text(Matrix)).Select(match => (
            Class: match.Groups[1].Value, Method: match.Groups[2].Value)).Distinct().ToList();
        var sources = Repository.SourceFiles
            .Where(file => file.StartsWith("tests/", StringComparison.Ordinal))
            .ToLookup(file => Path.GetFileNameWithoutExtension(file), Repository.Text);

        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, test => !sources[test.Class].Any(text =>
            text.Contains($" {test.Method}(", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex TestName();
}
