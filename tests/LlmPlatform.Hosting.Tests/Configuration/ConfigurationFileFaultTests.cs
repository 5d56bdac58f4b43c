using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Hosting.Tests.Configuration;

/// <summary>What can be wrong with the file before any of its keys is looked at.</summary>
public sealed class ConfigurationFileFaultTests
{
    [Theory]
    [InlineData("models: [a, b", 1)]
    [InlineData("server:\n  port: 1\n port: 2", 3)]
    [InlineData("server: *nowhere", 1)]
    [InlineData("a: \"\\Uffffffff\"", 0)]
    public void Broken_YAML_is_a_fault_with_its_line(string text, int line)
    {
        var fault = ConfigurationFolder.OnlyFaultOf(text);

        Assert.Contains("the YAML cannot be read", fault.Message, StringComparison.Ordinal);
        if (line > 0)
            Assert.Equal(line, fault.Line);
    }

    [Fact]
    public void A_fault_reads_as_file_line_path_and_sentence()
    {
        var fault = new ConfigurationFault("platform.yaml", "server.port", 3, "is wrong.");

        Assert.Equal("platform.yaml:3: server.port: is wrong.", fault.ToString());
    }

    [Fact]
    public void A_missing_file_a_folder_and_an_empty_file_are_faults()
    {
        using var folder = new ConfigurationFolder();
        Assert.Contains("does not exist", Assert.Single(folder.Load().Faults).Message, StringComparison.Ordinal);

        folder.Write("# nothing\n");
        Assert.Contains("is empty", Assert.Single(folder.Load().Faults).Message, StringComparison.Ordinal);

        File.Delete(folder.Main);
        Directory.CreateDirectory(folder.Main);
        Assert.Contains("cannot be read", Assert.Single(folder.Load().Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_a_fault()
    {
        using var folder = new ConfigurationFolder();
        File.WriteAllBytes(folder.Main, [0x61, 0x3a, 0x20, 0xff, 0xfe]);

        Assert.Contains("is not UTF-8", Assert.Single(folder.Load().Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_that_multiply_without_end_are_a_fault()
    {
        var text = string.Join('\n', Enumerable.Range(0, 12).Select(level => level == 0
            ? "a0: &a0 [x, x, x, x, x, x, x, x, x]"
            : $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 9))}]"));

        var faults = ConfigurationFolder.FaultsOf(text);

        Assert.Contains(faults, fault => fault.Message.Contains("holds more than", StringComparison.Ordinal));
    }

    [Fact]
    public void Nesting_without_end_is_a_fault()
    {
        var fault = ConfigurationFolder.OnlyFaultOf("a: " + new string('[', 5000));

        Assert.Contains("nested deeper", fault.Message, StringComparison.Ordinal);
    }
}
