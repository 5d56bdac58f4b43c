using System.Text;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Quota;

/// <summary>
/// The budget periods of a hold as its field <c>budgets</c> lists them: one line each, of budget id, period id and
/// revision, parted by tabs, and a letter more for one of tokens. Scripts read it too.
/// </summary>
internal static class HoldLines
{
    private const string OfTokens = "t";

    internal static byte[] Write(HeldBudget held) => Encoding.UTF8.GetBytes(
        FormattableString.Invariant($"{held.BudgetId}\t{held.PeriodId}\t{held.Revision}")
        + (held.CountsTokens ? "\t" + OfTokens : ""));

    internal static IReadOnlyList<HeldBudget> Read(string lines) => lines.Length == 0
        ? []
        : Array.ConvertAll(lines.Split('\n'), line =>
            line.Split('\t') is [var budget, var period, var revision, .. var unit]
            ? new HeldBudget
            {
                BudgetId = budget,
                PeriodId = period,
                Revision = long.Parse(revision, System.Globalization.CultureInfo.InvariantCulture),
                CountsTokens = unit is [OfTokens],
            }
            : throw new InvalidDataException("A hold names a budget in a form this version does not know."));
}
