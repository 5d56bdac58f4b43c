using System.Globalization;
using System.Reflection;
using LlmPlatform.Billing.Pricing;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Tests.Pricing;

/// <summary>What shipped prices make calls cost, against figures worked out from the vendors' pages.</summary>
public sealed class GoldenPriceTests
{
    private const string Unpriced = "unpriced";
    private static readonly PriceBook Book = Shipped();
    private static readonly IReadOnlyDictionary<string, string[]> Cases = Read();

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_call_costs_what_the_vendor_charges(string name)
    {
        var (sku, day, tier, quantities, usd) = (Cases[name][1], Cases[name][2], Cases[name][3], Cases[name][4],
            Cases[name][5]);
        var at = DateTimeOffset.Parse(day, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var usage = UsageOf(quantities);
        var cost = Book.Find(PriceSku.For(sku, "sold", sku), at) is { } price
            ? Rating.CostUsd(usage, price, tier == "-" ? null : tier, region: null)
            : null;

        Assert.Equal(usd == Unpriced ? null : decimal.Parse(usd, CultureInfo.InvariantCulture), cost);
    }

    [Fact]
    public void Every_provider_of_the_list_and_every_kind_of_price_is_among_the_cases()
    {
        Assert.True(Cases.Count >= 60);
        var tried = Cases.Values.Select(fields => fields[1]).ToHashSet();
        Assert.All(
            Configuration().Prices.Where(entry => entry.Sku != "sim-small"),
            entry => Assert.Contains(entry.Sku, tried));
        Assert.Contains(Cases.Values, fields => fields[5] == Unpriced);
    }

    private static TokenUsage UsageOf(string quantities)
    {
        var usage = new TokenUsage();
        foreach (var quantity in quantities.Split(' ').Where(part => part.Contains('=')))
        {
            var (meter, tokens) = (quantity.Split('=')[0], long.Parse(quantity.Split('=')[1],
                CultureInfo.InvariantCulture));
            typeof(TokenUsage).GetProperty(meter)!.SetValue(usage, tokens);
        }

        return usage;
    }

    private static PriceBook Shipped() => new(1, DeclaredPrices.Of(new PlatformConfiguration
    {
        Models =
        [
            .. Configuration().Prices.GroupBy(entry => entry.Sku).Select(versions => new ModelConfiguration
            {
                Name = versions.Key,
                Price = new PriceSchedule([.. versions.Select(entry => entry.Price)]),
                Deployments = [new DeploymentConfiguration { Provider = "sold", Model = versions.Key }],
            }),
        ],
    }));

    private static PlatformConfiguration Configuration()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LlmPlatform.sln")))
            folder = folder.Parent!;
        var result = PlatformConfigurationLoader.Load(
            Path.Combine(folder.FullName, "config", "platform.yaml"),
            name => name == "LLM_PLATFORM_DEMO_KEY" ? "sk-demo-key-for-tests" : null);
        Assert.Empty(result.Faults);
        return result.Configuration ?? throw new InvalidOperationException("It has none.");
    }

    private static Dictionary<string, string[]> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("golden-prices.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n')
            .Where(line => line.Length > 0 && !line.StartsWith('#'))
            .Select(line => line.Split(" | "))
            .ToDictionary(fields => fields[0]);
    }
}
