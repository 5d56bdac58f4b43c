using LlmPlatform.Quota;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// Frees what a call held when it ended without anything billable. Nobody waits for it: should Redis be away, it is
/// freed when it is back, and otherwise the lease runs out by itself.
/// </summary>
internal sealed partial class HoldRelease(HoldLedger ledger, ILogger<HoldRelease> logger)
{
    public void Release(Guid requestId) => _ = ReleaseAsync(requestId);

    private async Task ReleaseAsync(Guid requestId)
    {
        try
        {
            await ledger.ReleaseAsync(requestId);
        }
        catch (QuotaUnavailableException)
        {
            ledger.Release(requestId);
        }
        catch (Exception fault)
        {
            NotReleased(requestId, fault.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Debug, "The hold of {RequestId} could not be freed ({Fault}); its lease will")]
    private partial void NotReleased(Guid requestId, string fault);
}
