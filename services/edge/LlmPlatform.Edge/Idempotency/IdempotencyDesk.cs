using System.Security.Cryptography;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Redis;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace LlmPlatform.Edge.Idempotency;

/// <summary>
/// Answers a call that was made before with the same <c>Idempotency-Key</c> by what was answered then; of a new one it
/// keeps the answer. A call without the header passes at no cost.
/// </summary>
internal sealed partial class IdempotencyDesk(
    IdempotencyStore store,
    PlatformEnvironment environment,
    IdempotencyOptions options,
    TimeProvider clock,
    ILogger<IdempotencyDesk> logger)
{
    /// <summary>The header.</summary>
    public const string Header = "Idempotency-Key";

    private const int MaxKeyCharacters = 255;
    private const int TokenBytes = 16;

    private static readonly byte[] Nothing = [];

    private readonly AnswerSeal _seal = new(environment.Credentials!.DeriveKeys(AnswerSeal.Purpose));

    /// <summary>
    /// Claims the key of a call that has one. Where the call was answered before, says that answer:
    /// <see cref="GatewayCall.IsAnswered"/> is true then.
    /// </summary>
    public ValueTask<GatewayError?> BeginAsync(GatewayCall call) =>
        call.Http.Request.Headers.TryGetValue(Header, out var values) ? BeginAsync(call, values) : default;

    /// <summary>Keeps the answer, or lets the key go. The response is over when it returns.</summary>
    public async ValueTask EndAsync(GatewayCall call)
    {
        if (call.Claimed is not { } claimed)
        {
            return;
        }

        await claimed.StopRenewingAsync();
        try
        {
            // The caller has all of its answer before it is kept for a repeat.
            await call.Http.Response.CompleteAsync();
            await store.ReplaceAsync(claimed.Key, claimed.Claim, OutcomeOf(call, claimed), options.Remember);
        }
        catch (Exception fault) when (fault is RedisUnavailableException or RedisServerException or IOException)
        {
            // The lease runs out: a repeat is made again, as if nobody had kept the first.
            NotKept(call.RequestId, fault.GetType().Name);
        }
    }

    private async ValueTask<GatewayError?> BeginAsync(GatewayCall call, StringValues values)
    {
        if (values is not [{ Length: > 0 and <= MaxKeyCharacters } text])
        {
            return GatewayError.InvalidRequest(
                $"'{Header}' must be one text of 1 to {MaxKeyCharacters} characters.", Header);
        }

        var caller = call.Caller!;
        var key = "idem:" + AnswerSeal.NameOf(caller.Tenant, caller.KeyId, text);
        var fingerprint = _seal.FingerprintOf(call.Api.Route, call.Body!.Span);
        var claim = new IdempotencyRecord(
            IdempotencyState.Running, fingerprint, RandomNumberGenerator.GetBytes(TokenBytes)).Write();
        byte[]? known;
        try
        {
            known = await store.ClaimAsync(key, claim, call.Http.RequestAborted);
        }
        catch (Exception fault) when (fault is RedisUnavailableException or RedisServerException)
        {
            return GatewayError.IdempotencyUnavailable();
        }

        if (known is not null)
        {
            return await AnswerAsync(call, key, known);
        }

        var ending = new CancellationTokenSource();
        call.Claimed = new ClaimedKey(key, claim, fingerprint, ending, RenewAsync(key, claim, ending.Token));
        call.Recording = new AnswerRecording(
            call.Http.Response.BodyWriter, options.MaxAnswerBytes, call.Http.RequestAborted);
        return null;
    }

    private async ValueTask<GatewayError?> AnswerAsync(GatewayCall call, string key, byte[] known)
    {
        if (IdempotencyRecord.Read(known) is not { } record
            || !_seal.IsFingerprintOf(record.Fingerprint.Span, call.Api.Route, call.Body!.Span))
        {
            return GatewayError.IdempotencyKeyReused();
        }

        switch (record.State)
        {
            case IdempotencyState.Kept when _seal.Open(record.Rest.Span, key) is { } plain:
                var answer = KeptAnswer.Read(plain);
                call.IsAnswered = true;
                call.ResponseBytes = answer.Body.Length;
                await answer.SayAsync(call.Http.Response, call.Http.RequestAborted);
                return null;
            case IdempotencyState.Running:
                return GatewayError.IdempotencyKeyInUse();
            default:
                return GatewayError.IdempotencyAnswerNotKept(options.MaxAnswerBytes);
        }
    }

    private byte[] OutcomeOf(GatewayCall call, ClaimedKey claimed)
    {
        var recording = call.Recording!;
        var response = call.Http.Response;
        if (!recording.IsWhole || response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            return Nothing;
        }

        if (recording.IsTooLarge)
        {
            return new IdempotencyRecord(IdempotencyState.TooLarge, claimed.Fingerprint, default).Write();
        }

        var answer = KeptAnswer.Of(response, call.RequestIdText, recording.Bytes);
        return new IdempotencyRecord(
            IdempotencyState.Kept, claimed.Fingerprint, _seal.Seal(answer.Write(), claimed.Key)).Write();
    }

    private async Task RenewAsync(string key, byte[] claim, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(options.Lease / 3, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                await RenewOnceAsync(key, claim);
            }
        }
        catch (OperationCanceledException)
        {
            // The call has ended.
        }
    }

    private async ValueTask RenewOnceAsync(string key, byte[] claim)
    {
        try
        {
            await store.ReplaceAsync(key, claim, claim, options.Lease);
        }
        catch (Exception fault) when (fault is RedisUnavailableException or RedisServerException)
        {
            // The lease outlasts several renewals; one that fails is made up by the next.
            NotRenewed(fault.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The answer to {RequestId} could not be kept for its idempotency key ({Fault})")]
    private partial void NotKept(Guid requestId, string fault);

    [LoggerMessage(LogLevel.Warning, "An idempotency key could not be renewed ({Fault})")]
    private partial void NotRenewed(string fault);
}
