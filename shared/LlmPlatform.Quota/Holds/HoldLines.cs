using System.Text;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Quota;

/// <summary>
/// The budget periods of a hold as its field <c>budgets</c> lists them: one line each, of budget id, period id and
/// revision, parted by tabs. Scripts read it too.
/// </summary>
internal static class HoldLines
{
    internal static byte[] Write(string budgetId, long revision, string periodId) =>
        Encoding.UTF8.GetBytes(FormattableString.Invariant($"{budgetId}\t{periodId}\t{revision}"));

    internal static IReadOnlyList<HeldBudget> Read(string lines) => lines.Length == 0
        ? []
        : Array.ConvertAll(lines.Split('\n'), line => line.Split('\t') is [var budget, var period, var revision]
            ? new HeldBudget
            {
                BudgetId = budget,
                PeriodId = period,
                Revision = long.Parse(revision, System.Globalization.CultureInfo.InvariantCulture),
            }
            : throw new InvalidDataException("A hold names a budget in a form this version does not know."));
}
