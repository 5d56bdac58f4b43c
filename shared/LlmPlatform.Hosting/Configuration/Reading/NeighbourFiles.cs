using LlmPlatform.Hosting.Configuration.Validation;

namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>The files that the configuration refers to; their paths are relative to its own folder.</summary>
internal sealed class NeighbourFiles(string folder, FaultLog log, EnvironmentReading environment, SourceFiles files)
{
    /// <summary>The price list: the file that <c>price_file</c> names, or the usual one where it exists.</summary>
    public IReadOnlyList<PriceListEntry> ReadPrices(SectionReader root, string usual)
    {
        var named = root.OptionalText("price_file");
        var path = Path.Combine(folder, named ?? usual);
        if (named is null && !File.Exists(path))
        {
            files.NoteAbsent(path);
            return [];
        }

        var text = files.ReadText(path, out var fault);
        if (text is null)
        {
            root.Fault("price_file", $"the price list {fault}");
            return [];
        }

        var reading = new FileReading(path, log, environment);
        var prices = SectionReader.ReadList(YamlDocument.Parse(text, reading), reading, PriceSection.ReadEntry);
        PriceListValidator.Validate(prices, reading);
        return prices;
    }

    /// <summary>The lines of the file under the key <c>file</c>, without empty ones and <c>#</c> comments.</summary>
    public IReadOnlyList<string> ReadLines(SectionReader owner)
    {
        if (owner.OptionalText("file") is not { } name)
            return [];

        var text = files.ReadText(Path.Combine(folder, name), out var fault);
        if (text is not null)
            return [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];
        owner.Fault("file", $"the file {fault}");
        return [];
    }
}
