using System.Globalization;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>How a row names a budget period that was charged: budget, period and revision, parted by tabs.</summary>
internal static class BudgetColumn
{
    public static string Write(HeldBudget budget) =>
        string.Create(CultureInfo.InvariantCulture, $"{budget.BudgetId}\t{budget.PeriodId}\t{budget.Revision}");

    public static HeldBudget Read(JsonElement text)
    {
        var parts = text.GetString()!.Split('\t');
        return new HeldBudget
        {
            BudgetId = parts[0],
            PeriodId = parts[1],
            Revision = long.Parse(parts[2], CultureInfo.InvariantCulture),
        };
    }
}
