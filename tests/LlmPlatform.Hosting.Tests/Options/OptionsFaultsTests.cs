using LlmPlatform.Hosting.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Hosting.Tests.Options;

public class OptionsFaultsTests
{
    private readonly Dictionary<string, string?> _settings = [];

    [Fact]
    public void Options_are_what_the_settings_say_and_else_their_defaults()
    {
        _settings["Area:Sample:Count"] = "7";
        _settings["area:sample:pause"] = "00:00:30";
        _settings["Area:Sample:Perhaps"] = "3";

        var (faults, options) = Read();

        Assert.Empty(faults);
        Assert.Equal((7, TimeSpan.FromSeconds(30)), (options.Count, options.Pause));
        Assert.Equal((false, 3), (options.Loud, options.Perhaps));
    }

    [Fact]
    public void Settings_that_nobody_of_this_process_reads_are_not_its_business()
    {
        _settings["Path"] = "/usr/bin";
        _settings["Router:Publishing:TurnInterval"] = "what";

        Assert.Empty(Read().Faults);
    }

    [Theory]
    [InlineData("Area:Sample:Cuont", "1", "Area:Sample has Count, Pause, Loud, Day, Perhaps")]
    [InlineData("Area:Sample:Twice", "1", "there is no such option")]
    [InlineData("Area:Smaple:Count", "1", "it has Area:Sample, Area:Part")]
    [InlineData("Area:Other", "1", "no service of this process has options there")]
    [InlineData("Area:Sample:Count", "0", "between 1 and 10")]
    [InlineData("Area:Sample:Count", "many", "is not a whole number")]
    [InlineData("Area:Sample:Count", "99999999999", "is not a whole number")]
    [InlineData("Area:Sample:Pause", "5s", "is not a length of time")]
    [InlineData("Area:Sample:Pause", "00:02:00", "between 00:00:01 and 00:01:00")]
    [InlineData("Area:Sample:Loud", "yes", "is not true or false")]
    [InlineData("Area:Sample:Day", "Caturday", "is not one of Sunday, Monday")]
    [InlineData("Area:Sample:Perhaps", "11", "between 1 and 10")]
    [InlineData("Area:Part:Count", "11", "between 1 and 10")]
    public void What_is_wrong_is_one_fault_that_names_where_it_is(string key, string value, string said)
    {
        _settings[key] = value;

        var fault = Assert.Single(Read().Faults);

        Assert.StartsWith(key == "Area:Smaple:Count" ? "Area:Smaple" : key, fault, StringComparison.Ordinal);
        Assert.Contains(said, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_wrong_is_listed_at_once()
    {
        _settings["Area:Sample:Count"] = "many";
        _settings["Area:Sample:Pause"] = "5s";
        _settings["Area:Sample:Perhaps"] = "11";
        _settings["Area:Sample:Cuont"] = "1";
        _settings["Area:Part:Count"] = "0";
        _settings["Area:Smaple:Count"] = "1";

        Assert.Equal(
            ["Area:Part:Count", "Area:Sample:Count", "Area:Sample:Cuont", "Area:Sample:Pause",
                "Area:Sample:Perhaps", "Area:Smaple"],
            Read().Faults.Select(fault => fault.Split(": ")[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Options_that_two_modules_register_are_judged_once()
    {
        _settings["Area:Sample:Count"] = "0";

        Assert.Single(Read(times: 2).Faults);
    }

    private (IReadOnlyCollection<string> Faults, SampleOptions Options) Read(int times = 1)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(_settings).Build();
        var services = new ServiceCollection();
        for (var i = 0; i < times; i++)
        {
            services.AddValidatedOptions<SampleOptions>(settings, "Area:Sample");
            services.AddValidatedOptions<PartOptions>(settings, "Area:Part");
        }

        using var provider = services.BuildServiceProvider();
        var faults = OptionsFaults.Of(provider, settings);
        return (faults, faults.Count == 0 ? provider.GetRequiredService<SampleOptions>() : new SampleOptions());
    }

    private sealed class PartOptions
    {
        [System.ComponentModel.DataAnnotations.Range(1, 10)]
        public int Count { get; init; } = 5;
    }
}
