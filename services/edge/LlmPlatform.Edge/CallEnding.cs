using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Settlement;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge;

/// <summary>
/// How every call ends that does not end in an answer, and what is written of every call: a refusal is said in the
/// caller's protocol, a failure of ours without its cause, and the completion goes to the spool.
/// </summary>
internal sealed partial class CallEnding(
    AttemptSettlement settlement, UsageSpool spool, GatewayMetrics metrics, ILogger<CallEnding> logger)
{
    /// <summary>Says a refusal. The response must not have started.</summary>
    public static async Task RefuseAsync(GatewayCall call, GatewayError refusal)
    {
        call.Refusal = refusal;
        call.ErrorCode = refusal.Code;
        ResponseHeaders.WriteRateLimits(call);
        call.ResponseBytes = await WriteErrorAsync(call, refusal);
    }

    /// <summary>Ends a call that failed inside the gateway, wherever it stands.</summary>
    public async Task FailAsync(GatewayCall call, Exception fault)
    {
        var error = call.Http.RequestAborted.IsCancellationRequested
            ? GatewayError.ClientDisconnected()
            : GatewayError.Internal();
        call.ErrorCode = error.Code;
        if (error.Status == GatewayError.Internal().Status)
        {
            Failed(call.RequestId, fault);
        }

        if (call.Http.Response.HasStarted)
        {
            call.Http.Abort();
            return;
        }

        call.Http.Response.Clear();
        ResponseHeaders.WriteRequestId(call);
        await WriteErrorAsync(call, error);
    }

    /// <summary>
    /// However the call ended: what is open is billed, what is held is freed, and its completion is written.
    /// </summary>
    public async Task SettleAsync(GatewayCall call)
    {
        try
        {
            await settlement.CloseAbandonedAsync(call);
        }
        finally
        {
            var duration = call.Elapsed;
            metrics.Complete(call, duration);
            spool.RecordCompletion(call, duration);
        }
    }

    private static Task<int> WriteErrorAsync(GatewayCall call, GatewayError error) =>
        ErrorWriter.WriteAsync(call.Http.Response, call.Api, error, call.RequestIdText);

    [LoggerMessage(LogLevel.Error, "Request {RequestId} failed inside the gateway")]
    private partial void Failed(Guid requestId, Exception fault);
}
