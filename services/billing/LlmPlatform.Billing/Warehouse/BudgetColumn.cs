using System.Globalization;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>
/// How a row names a budget period that was charged: budget, period and revision, parted by tabs, and a letter more for
/// one of tokens.
/// </summary>
internal static class BudgetColumn
{
    private const string OfTokens = "t";

    public static string Write(HeldBudget budget) =>
        string.Create(CultureInfo.InvariantCulture, $"{budget.BudgetId}\t{budget.PeriodId}\t{budget.Revision}")
        + (budget.CountsTokens ? "\t" + OfTokens : "");

    public static HeldBudget Read(JsonElement text)
    {
        var parts = text.GetString()!.Split('\t');
        return new HeldBudget
        {
            BudgetId = parts[0],
            PeriodId = parts[1],
            Revision = long.Parse(parts[2], CultureInfo.InvariantCulture),
            CountsTokens = parts is [_, _, _, OfTokens],
        };
    }
}
