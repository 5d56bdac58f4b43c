using System.Text.RegularExpressions;

namespace LlmPlatform.Architecture.Tests;

/// <summary>How the code reads, as far as a machine can tell.</summary>
public sealed partial class TidinessTests
{
    private const int MaxFileLines = 400;
    private const int MaxMethodLines = 70;
    private const int MaxColumns = 120;

    private static readonly string[] BannedSuffixes =
        ["Helper", "Helpers", "Util", "Utils", "Manager", "Processor", "Impl", "Common", "Base"];

    private static readonly string[] BannedFolders =
        ["Infrastructure", "Application", "Domain", "Core", "Common", "Helpers", "Utils"];

    private static readonly string[] TextFiles =
        [".cs", ".sh", ".md", ".json", ".yaml", ".yml", ".props", ".csproj", ".sql", ".lua"];

    [Fact]
    public void No_file_is_longer_than_four_hundred_lines()
    {
        var tooLong = Repository.SourceFiles.Where(file => Repository.Lines(file).Length > MaxFileLines);

        AssertNone(tooLong);
    }

    [Fact]
    public void No_line_is_wider_than_120_columns()
    {
        var wide = Repository.SourceFiles.SelectMany(file => Repository.Lines(file)
            .Select((line, index) => (line, place: $"{file}:{index + 1}"))
            .Where(at => at.line.Length > MaxColumns)
            .Select(at => at.place));

        AssertNone(wide);
    }

    [Fact]
    public void No_method_is_longer_than_seventy_lines()
    {
        AssertNone(Repository.SourceFiles.SelectMany(LongMethods));
    }

    [Fact]
    public void No_type_or_folder_is_named_for_nothing()
    {
        var types = Repository.SourceFiles.SelectMany(file => TypeName().Matches(Repository.Text(file))
            .Select(match => match.Groups[1].Value)
            .Where(name => BannedSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal)))
            .Select(name => $"{file}: {name}"));
        var folders = Repository.SourceFiles.Where(file => file.Split('/').Intersect(BannedFolders).Any());

        AssertNone(types);
        AssertNone(folders);
    }

    [Fact]
    public void Nothing_is_left_over()
    {
        var leftovers = Repository.SourceFiles
            .Where(file => !file.EndsWith("/TidinessTests.cs", StringComparison.Ordinal))
            .SelectMany(file => Repository.Lines(file)
                .Select((line, index) => (line, place: $"{file}:{index + 1}"))
                .Where(at => Leftover().IsMatch(at.line))
                .Select(at => at.place));

        AssertNone(leftovers);
    }

    [Fact]
    public void Every_option_says_its_range()
    {
        var open = Repository.SourceFiles
            .Where(file => file.EndsWith("Options.cs", StringComparison.Ordinal)
                && !file.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(file => OptionWithoutRange().Matches(Repository.Text(file))
                .Select(match => $"{file}: {match.Groups[1].Value}"));

        AssertNone(open);
    }

    [Fact]
    public void Every_consumer_has_a_test_class_that_names_it()
    {
        var tests = string.Concat(Repository.SourceFiles
            .Where(file => file.StartsWith("tests/", StringComparison.Ordinal))
            .Select(Repository.Text));
        var untested = Repository.SourceFiles
            .Where(file => file.StartsWith("services/", StringComparison.Ordinal)
                && Repository.Text(file).Contains(": IConsumer<", StringComparison.Ordinal))
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(consumer => !tests.Contains(consumer, StringComparison.Ordinal));

        AssertNone(untested);
    }

    [Fact]
    public void No_path_or_download_address_of_a_build_machine_is_in_the_repository()
    {
        // Where this clone stands is told by the machine, so that the rule itself names none.
        var suspects = Repository.Files
            .Where(file => TextFiles.Contains(Path.GetExtension(file)))
            .Where(file => Repository.Text(file).Contains(Repository.Root + "/", StringComparison.Ordinal)
                || DownloadAddress().IsMatch(Repository.Text(file)));

        AssertNone(suspects);
        Assert.DoesNotContain(
            Repository.Files, file => Path.GetFileName(file).Equals("nuget.config",
            StringComparison.OrdinalIgnoreCase));
    }

    private static void AssertNone(IEnumerable<string> found)
    {
        var all = found.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }

    // A method is a declaration indented by four, its brace alone on the next such line, up to the brace that closes
    // it: what the formatter makes of every method here.
    private static IEnumerable<string> LongMethods(string file)
    {
        var lines = Repository.Lines(file);
        for (var start = 0; start < lines.Length; start++)
        {
            if (lines[start] != "    {" || start == 0 || !MethodEnd().IsMatch(lines[start - 1]))
            {
                continue;
            }

            var end = Array.IndexOf(lines, "    }", start);
            if (end - start - 1 > MaxMethodLines)
            {
                yield return $"{file}:{start + 1} ({end - start - 1} lines)";
            }
        }
    }

    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum)\s+(\w+)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b|^\s*#region|NotImplementedException|Skip\s*=\s*""|#if false")]
    private static partial Regex Leftover();

    [GeneratedRegex(@"(?<!new\()\)$|^\s+where ")]
    private static partial Regex MethodEnd();

    [GeneratedRegex(@"(?<!\])\n    public (?:required )?(?:int|long|TimeSpan|decimal) (\w+) \{ get; (?:init|set); \}")]
    private static partial Regex OptionWithoutRange();

    [GeneratedRegex(@"""resolved""\s*:\s*""http")]
    private static partial Regex DownloadAddress();
}
