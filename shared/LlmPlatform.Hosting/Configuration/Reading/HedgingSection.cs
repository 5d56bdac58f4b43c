namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>What stands under <c>hedging</c> in a model.</summary>
internal static class HedgingSection
{
    public static ModelHedgingConfiguration Read(SectionReader hedging)
    {
        var defaults = new ModelHedgingConfiguration();
        return new ModelHedgingConfiguration
        {
            Initial = hedging.Duration(
                "initial", defaults.Initial, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10)),
            Floor = hedging.Duration(
                "floor", defaults.Floor, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
            Percent = hedging.Integer("percent", defaults.Percent, 1, 100),
        };
    }
}
