using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money.Periods;

namespace LlmPlatform.Hosting.Tests.Configuration;

public sealed class TextTypeTests
{
    [Theory]
    [InlineData("0s", 0)]
    [InlineData("500ms", 500)]
    [InlineData("1.5s", 1_500)]
    [InlineData("60s", 60_000)]
    [InlineData("15m", 900_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("30d", 2_592_000_000)]
    [InlineData("2w", 1_209_600_000)]
    public void A_length_of_time_is_a_number_and_a_unit(string text, long milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
        Assert.True(DurationText.TryParse(DurationText.Format(duration), out var again));
        Assert.Equal(duration, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("60")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1S")]
    [InlineData("1h30m")]
    [InlineData("1,5s")]
    [InlineData("99999999999999999999d")]
    [InlineData("99999999999d")]
    public void What_is_no_length_of_time_is_refused(string? text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData(90, "90s")]
    [InlineData(3600, "1h")]
    [InlineData(86400 * 14, "14d")]
    public void A_length_is_written_in_the_largest_unit_that_divides_it(int seconds, string text) =>
        Assert.Equal(text, DurationText.Format(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void A_length_below_a_millisecond_is_written_and_read_back()
    {
        var ticks = TimeSpan.FromTicks(12_345);

        Assert.Equal("1.2345ms", DurationText.Format(ticks));
        Assert.True(DurationText.TryParse("1.2345ms", out var again));
        Assert.Equal(ticks, again);
    }

    [Theory]
    [InlineData("daily", BudgetPeriodKind.Daily)]
    [InlineData("weekly", BudgetPeriodKind.Weekly)]
    [InlineData("monthly", BudgetPeriodKind.Monthly)]
    [InlineData("weekly from sunday", BudgetPeriodKind.Weekly)]
    [InlineData("quarterly", BudgetPeriodKind.Quarterly)]
    [InlineData("quarterly from april", BudgetPeriodKind.Quarterly)]
    [InlineData("30d from 2026-11-05T09:00:00Z", BudgetPeriodKind.Length)]
    [InlineData("2s", BudgetPeriodKind.Length)]
    [InlineData("366d", BudgetPeriodKind.Length)]
    public void A_period_is_a_name_or_a_length(string text, BudgetPeriodKind kind)
    {
        Assert.True(BudgetPeriodText.TryParse(text, out var period));
        Assert.Equal(kind, period.Kind);
        Assert.Equal(text, period.ToString());
    }

    [Theory]
    [InlineData("length")]
    [InlineData("yearly")]
    [InlineData("monthly from april")]
    [InlineData("quarterly from monday")]
    [InlineData("weekly from april")]
    [InlineData("30d from april")]
    [InlineData("30d from ")]
    [InlineData("999ms")]
    [InlineData("1.0001s")]
    [InlineData("367d")]
    public void What_is_no_period_is_refused(string text) => Assert.False(BudgetPeriodText.TryParse(text, out _));

    [Theory]
    [InlineData("global", ScopeKind.Global, "")]
    [InlineData("tenant:acme", ScopeKind.Tenant, "acme")]
    [InlineData("team:acme/search", ScopeKind.Team, "acme/search")]
    [InlineData("model:deepseek-r1:7b", ScopeKind.Model, "deepseek-r1:7b")]
    [InlineData("route:/v1/embeddings", ScopeKind.Route, "/v1/embeddings")]
    [InlineData("user:ann@example.com", ScopeKind.User, "ann@example.com")]
    [InlineData("key_model:ci/org/model", ScopeKind.KeyModel, "ci/org/model")]
    [InlineData("ip:::1", ScopeKind.Ip, "::1")]
    public void A_scope_is_read_and_written_alike(string text, ScopeKind kind, string name)
    {
        Assert.True(ScopeReference.TryParse(text, out var scope));
        Assert.Equal(new ScopeReference(kind, name), scope);
        Assert.Equal(text, scope.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("global:x")]
    [InlineData("tenant")]
    [InlineData("tenant:")]
    [InlineData("tenant: acme")]
    [InlineData("Tenant:acme")]
    [InlineData("team:acme")]
    [InlineData("team:acme/")]
    [InlineData("team:a/b/c")]
    [InlineData("route:v1")]
    public void What_is_no_scope_is_refused(string? text) => Assert.False(ScopeReference.TryParse(text, out _));

    [Fact]
    public void Closed_sets_are_spelled_the_same_in_the_file_and_in_JSON()
    {
        foreach (var kind in Enum.GetValues<ProviderKind>())
            Assert.Equal($"\"{EnumText.Of(kind)}\"", System.Text.Json.JsonSerializer.Serialize(kind));
        foreach (var strategy in Enum.GetValues<RoutingStrategy>())
            Assert.Equal($"\"{EnumText.Of(strategy)}\"", System.Text.Json.JsonSerializer.Serialize(strategy));
        Assert.Equal("openai_compatible", EnumText.Of(ProviderKind.OpenAiCompatible));
        Assert.False(EnumText.TryParse<ProviderKind>("OpenAI", out _));
        Assert.False(EnumText.TryParse<ProviderKind>("1", out _));
    }
}
