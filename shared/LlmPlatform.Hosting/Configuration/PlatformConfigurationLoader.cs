using LlmPlatform.Hosting.Configuration.Reading;
using LlmPlatform.Hosting.Configuration.Validation;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>Reads the configuration file and everything it refers to, and checks the whole of it.</summary>
public static class PlatformConfigurationLoader
{
    private const string DefaultPriceFile = "prices.yaml";

    /// <summary>
    /// Reads and checks a file. Never throws for what a file holds: everything wrong is in the result, all at once.
    /// </summary>
    /// <param name="path">The file, such as <c>config/platform.yaml</c>.</param>
    /// <param name="environment">Looks up an environment variable: null when it is not set.</param>
    /// <returns>The configuration, or every fault.</returns>
    public static ConfigurationLoadResult Load(string path, Func<string, string?> environment) =>
        Load(path, environment, []);

    /// <summary>The same with items from elsewhere behind those of the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="environment">Looks up an environment variable: null when it is not set.</param>
    /// <param name="additions">The items. Their faults have the paths they would have in the file.</param>
    /// <returns>The configuration of both, or every fault of both.</returns>
    public static ConfigurationLoadResult Load(
        string path, Func<string, string?> environment, IReadOnlyList<ConfigurationAddition> additions)
    {
        var log = new FaultLog(path);
        var variables = new EnvironmentReading(environment);
        var files = new SourceFiles();
        var reading = new FileReading(path, log, variables);

        var configuration = Read(path, reading, log, variables, files, additions);
        ConfigurationCheck.Run(configuration, reading);
        var sources = new ConfigurationSources(files.Paths, files.Fingerprint);
        if (!log.IsClean)
            return new ConfigurationLoadResult(null, log.InOrder(), log.Notices) { Sources = sources };

        configuration = Availability.Apply(configuration, reading) with
        {
            Hash = files.Hash(variables),
            SourcePath = path,
            Sources = sources,
        };
        return new ConfigurationLoadResult(configuration, [], log.Notices) { Sources = sources };
    }

    private static PlatformConfiguration Read(
        string path,
        FileReading reading,
        FaultLog log,
        EnvironmentReading variables,
        SourceFiles files,
        IReadOnlyList<ConfigurationAddition> additions)
    {
        var text = files.ReadText(path, out var fault);
        if (text is null)
        {
            reading.Fault(string.Empty, 0, $"the file {fault}");
            return new PlatformConfiguration();
        }

        // What cannot be parsed has said so; reading its absent sections would only add that they are missing.
        if (YamlDocument.Parse(text, reading) is not { } document)
        {
            if (log.IsClean)
                reading.Fault(string.Empty, 1, "the file is empty; begin with \"server:\" and \"providers:\".");
            return new PlatformConfiguration();
        }

        if (additions.Count > 0)
            document = AdditionNodes.Append(document, additions);
        var root = new SectionReader(document, string.Empty, reading);
        var beside = new NeighbourFiles(Path.GetDirectoryName(path) ?? string.Empty, log, variables, files);
        var configuration = RootSection.Read(root, beside.ReadPrices(root, DefaultPriceFile), beside.ReadLines);
        root.Finish();
        return configuration;
    }
}
