namespace LlmPlatform.Billing.Rebuilding;

/// <summary>
/// What stands in the books after everything derived was derived again. The hashes are of the content in one order,
/// whatever it came in: the same usage gives the same hashes.
/// </summary>
/// <param name="Events">Usage events, each once.</param>
/// <param name="Posted">Charges that the ledger lacked.</param>
/// <param name="RowsHash">Of the usage rows, SHA-256 in hex.</param>
/// <param name="LedgerHash">Of what the ledger charges for each event.</param>
/// <param name="RollupsHash">Of the quarter hours' sums.</param>
internal sealed record RebuiltBooks(
    long Events, int Posted, string RowsHash, string LedgerHash, string RollupsHash)
{
    public override string ToString() =>
        FormattableString.Invariant($"{Events} events, {Posted} charges posted that were missing; rows {RowsHash}, ")
        + $"ledger {LedgerHash}, rollups {RollupsHash}";
}
