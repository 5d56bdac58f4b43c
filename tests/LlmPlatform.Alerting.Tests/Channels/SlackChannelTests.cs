using System.Text.Json;
using LlmPlatform.Alerting.Channels;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Alerting.Tests.Channels;

public sealed class SlackChannelTests
{
    [Fact]
    public async Task The_message_says_which_budget_how_far_and_when_it_opens_again()
    {
        var message = await SentAsync(Sample.Crossing(10_000) with { SpentNanoUsd = 500_250_000_000 });

        var text = message.Body.GetProperty("text").GetString();
        Assert.Contains("acme-month", text, StringComparison.Ordinal);
        Assert.Contains("tenant:acme", text, StringComparison.Ordinal);
        Assert.Contains("$500.25 of $500.00 (100.05 %)", text, StringComparison.Ordinal);
        Assert.Contains("reached its 100 % threshold", text, StringComparison.Ordinal);
        Assert.Contains("Calls are refused until 2026-12-01 00:00:00 UTC", text, StringComparison.Ordinal);
        Assert.Equal(
            ["header", "section", "section", "context"],
            message.Body.GetProperty("blocks").EnumerateArray()
                .Select(block => block.GetProperty("type").GetString()!));
    }

    [Fact]
    public async Task A_name_cannot_call_everybody_or_break_the_message()
    {
        var message = await SentAsync(
            Sample.Crossing(name: "<!channel> & <https://evil|here>\n" + new string('&', 900)));

        Assert.DoesNotContain("<!channel>", message.Raw, StringComparison.Ordinal);
        var text = message.Body.GetProperty("text").GetString()!;
        Assert.Contains("&lt;!channel&gt; &amp; &lt;https://evil|here&gt;", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 1, 1_000);
        var blocks = message.Body.GetProperty("blocks");
        Assert.InRange(blocks[0].GetProperty("text").GetProperty("text").GetString()!.Length, 1, 150);
        Assert.InRange(blocks[1].GetProperty("text").GetProperty("text").GetString()!.Length, 1, 3_000);
        Assert.All(
            blocks[2].GetProperty("fields").EnumerateArray(),
            field => Assert.InRange(field.GetProperty("text").GetString()!.Length, 1, 2_000));
        Assert.InRange(JsonSerializer.Serialize(message.Body).Length, 1, 12_999);
    }

    [Theory]
    [InlineData("a & b", 100, "a &amp; b")]
    [InlineData("ab<", 5, "ab")]
    [InlineData("ab<", 6, "ab&lt;")]
    [InlineData("ab😀", 3, "ab")]
    public void A_cut_leaves_no_half_character(string text, int maxLength, string written) =>
        Assert.Equal(written, SlackChannel.Written(text, maxLength));

    private static async Task<SlackMessage> SentAsync(Contracts.Budgets.BudgetThresholdCrossed crossing)
    {
        await using var slack = await SlackSink.StartAsync();
        await using var replica = AlertingReplica.Build(
            await AlertingReplica.CreateDatabaseAsync(),
            new ChangingConfiguration(Sample.Slack(slack)),
            new ManualTimeProvider());
        await replica.OpenAsync(crossing);
        await replica.SendDueAsync("ops-slack");
        return Assert.Single(slack.Messages);
    }
}
