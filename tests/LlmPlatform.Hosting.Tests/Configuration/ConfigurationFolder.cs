using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Hosting.Tests.Configuration;

/// <summary>A folder of its own with configuration files in it, and the environment they see.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llm-platform-configuration-");

    public Dictionary<string, string> Environment { get; } = [];

    public string Main => PathOf("platform.yaml");

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public ConfigurationFolder Write(string text, string name = "platform.yaml")
    {
        // In one step: whoever reads meanwhile finds all of it or what was there before, and no file that is empty yet.
        File.WriteAllText(PathOf(name) + ".new", text);
        File.Move(PathOf(name) + ".new", PathOf(name), overwrite: true);
        return this;
    }

    public string? Find(string variable) => Environment.GetValueOrDefault(variable);

    public ConfigurationLoadResult Load() => PlatformConfigurationLoader.Load(Main, Find);

    public PlatformConfiguration LoadGood()
    {
        var result = Load();
        Assert.Empty(result.Faults);
        Assert.NotNull(result.Configuration);
        return result.Configuration;
    }

    /// <summary>Loads a text that must have faults, and only faults.</summary>
    public static IReadOnlyList<ConfigurationFault> FaultsOf(string text)
    {
        using var folder = new ConfigurationFolder().Write(text);
        var result = folder.Load();
        Assert.Null(result.Configuration);
        Assert.NotEmpty(result.Faults);
        return result.Faults;
    }

    public static ConfigurationFault OnlyFaultOf(string text) => Assert.Single(FaultsOf(text));

    public void Dispose() => _folder.Delete(recursive: true);
}
