using System.Runtime.CompilerServices;
using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Quota;

/// <summary>
/// Asks Redis for admission, and knows what to do when it does not answer: whether to ask again, for how long, and that
/// what it may have taken meanwhile is given back.
/// </summary>
internal sealed class Reserves(
    RedisClient redis, HoldOptions options, TimeProvider clock, AbandonedReserves abandoned)
{
    // The boundary of a period may pass once while the answer about another one is under way, and hardly twice; a
    // server that was emptied meanwhile wants the script once more.
    private const int PeriodTries = 4;

    private readonly RedisClock _clock = new(clock);
    private readonly ReserveBreaker _breaker = new(redis, options, clock);

    /// <summary>Redis' time, as far as it is known here.</summary>
    internal DateTimeOffset Now => _clock.Now;

    /// <summary>Asks once, and waits no longer than <see cref="HoldOptions.ReserveTimeout"/>.</summary>
    internal ValueTask<ReserveAnswer> AskAsync(
        in AdmissionRequest request, long generation, CancellationToken cancellationToken) =>
        AskAsync(request, generation, options.ReserveTimeout, cancellationToken);

    /// <summary>
    /// Asks again, under the same id, until there is an answer, the deadline has passed, or Redis is taken for away.
    /// </summary>
    internal async ValueTask<AdmissionDecision> InsistAsync(
        AdmissionRequest request, long generation, ReserveAnswer before, CancellationToken cancellationToken)
    {
        var started = _clock.Timestamp;
        var isUnknown = before.OutcomeUnknown;
        while (Left(started) is { } left && !_breaker.IsOpen)
        {
            // No longer at a time than it takes to see that nobody gets an answer.
            var asked = _clock.Timestamp;
            var wait = left < options.BreakerSilence ? left : options.BreakerSilence;
            var answer = await AskAsync(request, generation, wait, cancellationToken);
            if (answer.Decision is { } decision)
                return decision;
            isUnknown |= answer.OutcomeUnknown;

            // One that failed at once has no connection: a moment later there may be one again.
            var pause = TimeSpan.FromTicks(Math.Min(
                (options.ReserveTimeout - _clock.Since(asked)).Ticks, Left(started).GetValueOrDefault().Ticks));
            if (pause > TimeSpan.Zero)
                await PauseAsync(request.RequestId, isUnknown, pause, cancellationToken);
        }

        if (isUnknown)
            abandoned.Add(request.RequestId);
        throw new QuotaUnavailableException("Redis did not answer.", isUnknown);
    }

    private TimeSpan? Left(long started)
    {
        var left = options.ReserveDeadline - options.ReserveTimeout - _clock.Since(started);
        return left > TimeSpan.Zero ? left : null;
    }

    private async ValueTask PauseAsync(
        Guid requestId, bool isUnknown, TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(pause, clock, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            if (isUnknown)
                abandoned.Add(requestId);
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReserveAnswer> AskAsync(
        AdmissionRequest request, long generation, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (!_breaker.MayAsk())
            return ReserveAnswer.NotAsked;
        var instant = _clock.Now;
        var started = _clock.Timestamp;
        using var arguments = RedisArguments.Rent();
        try
        {
            var isMissing = false;
            for (var tries = 0; tries < PeriodTries; tries++)
            {
                arguments.Clear();
                AdmissionScript.Write(arguments, request, instant, options.Lease, generation);
                var sent = _clock.Timestamp;
                var left = wait - _clock.Since(started);
                var reply = await redis.AskAsync(
                    QuotaScripts.Reserve, arguments, withSource: isMissing, left, cancellationToken);
                isMissing = reply.IsMissingScript;
                if (isMissing)
                    continue;
                reply.ThrowIfError();
                _breaker.Answered();
                if (AdmissionScript.IsLost(reply))
                    throw QuotaUnavailableException.Lost();
                if (!AdmissionScript.IsOtherPeriod(reply))
                {
                    var decision = AdmissionScript.Read(reply, request, instant);
                    if (!decision.IsReplay)
                        _clock.Observe(sent, decision.AdmittedAt);
                    return new ReserveAnswer(decision, OutcomeUnknown: false);
                }

                instant = AdmissionScript.TimeOf(reply);
                _clock.Observe(sent, instant);
            }
        }
        catch (RedisUnavailableException fault)
        {
            _breaker.Failed(started);
            return new ReserveAnswer(null, fault.Sent);
        }
        catch (RedisServerException fault)
        {
            abandoned.Add(request.RequestId);
            throw QuotaAnswer.Refused(fault);
        }
        catch (OperationCanceledException)
        {
            abandoned.Add(request.RequestId);
            throw;
        }

        throw new QuotaUnavailableException(
            "Budget periods changed faster than Redis answered.", outcomeUnknown: false);
    }
}
