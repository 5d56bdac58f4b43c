using LlmPlatform.Quota;
using Microsoft.Extensions.Hosting;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// Admits and releases a few calls of nobody before the server listens: the scripts are loaded, the code is compiled
/// and the connection is up, so that the first callers of a new edge do not miss the admission deadline. Redis away is
/// no fault of it.
/// </summary>
internal sealed class AdmissionWarmUp(HoldLedger ledger, TimeProvider clock) : IHostedService
{
    private const int Rounds = 20;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var requestId = Guid.CreateVersion7(clock.GetUtcNow());
            using var none = LimitsIndex.Empty.Matching(new CallerScopes { Tenant = "", KeyId = "" });
            try
            {
                await ledger.ReserveAsync(
                    new AdmissionRequest { RequestId = requestId, EstimateNanoUsd = 0, Limits = none },
                    cancellationToken);
                await ledger.ReleaseAsync(requestId, cancellationToken);
            }
            catch (QuotaUnavailableException)
            {
                // The first rounds are what may be slow; the later ones show whether it helped.
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
