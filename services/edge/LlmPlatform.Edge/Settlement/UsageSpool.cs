using System.Diagnostics.Metrics;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Quota;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// What every call cost, said once and never lost: the edge's own write-ahead log. A call writes its intent before it
/// costs anything and its usage before its caller has the last byte; consumers take it from here, and whatever dies in
/// between, the records are there when it comes back. See README.md for what each crash leaves.
/// </summary>
internal sealed partial class UsageSpool : IDisposable
{
    /// <summary>Cursor of the shipper of usage.</summary>
    public const string UsageShipperName = "usage-shipper";

    /// <summary>Cursor of the shipper of completions, in either lane.</summary>
    public const string CompletionShipperName = "completion-shipper";

    /// <summary>Cursor of the settler of holds.</summary>
    public const string HoldSettlerName = "hold-settler";

    private const double FullRatio = 0.9;

    private readonly SpoolOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly FileStream _lock;
    private readonly HeldRecords _held;
    private readonly SpoolCursor _usageShipper;
    private readonly LaneUpkeep _moneyUpkeep;
    private readonly LaneUpkeep _refusalUpkeep;
    private readonly SpoolMetrics _metrics;
    private readonly ITimer _upkeep;
    private readonly Lock _upkeepGate = new();
    private bool _isDisposed;

    private UsageSpool(
        string directory, FileStream held, SpoolOptions options, TimeProvider clock, Meter meter, ILogger logger)
    {
        (_lock, _options, _clock, _logger) = (held, options, clock, logger);
        var (money, refusals) = (Path.Combine(directory, "money"), Path.Combine(directory, "refusals"));
        var isLazy = options.Durability == SpoolDurability.Os;
        Money = SpoolLane.Open(money, options, new LaneSetting
        {
            Consumers = [UsageShipperName, CompletionShipperName, HoldSettlerName],
            MaxRecentUsage = options.MaxRecentUsage,
            FlushInterval = isLazy ? options.LazyFlushInterval : options.GroupCommitWindow,
            Clock = clock,
            Logger = logger,
        });
        Refusals = SpoolLane.Open(refusals, options, new LaneSetting
        {
            Consumers = [CompletionShipperName],
            FlushInterval = options.LazyFlushInterval,
            Clock = clock,
            Logger = logger,
        });
        _usageShipper = Money.Consumers.Single(consumer => consumer.Name == UsageShipperName);
        _held = new HeldRecords(Money, options.MaxHeldRecords);
        _moneyUpkeep = new LaneUpkeep(Money, money, options, options.MaxBytes, clock, logger);
        _refusalUpkeep = new LaneUpkeep(Refusals, refusals, options, options.MaxRefusalBytes, clock, logger);
        new SpoolRecovery(Money, clock, logger).Run();

        _metrics = new SpoolMetrics(meter, this, _held);
        _upkeep = clock.CreateTimer(_ => Upkeep(), null, options.UpkeepInterval, options.UpkeepInterval);
    }

    /// <summary>Where admitted calls are written.</summary>
    public SpoolLane Money { get; }

    /// <summary>
    /// Where refused requests are written: a flood of them cannot fill the lane that money travels in.
    /// </summary>
    public SpoolLane Refusals { get; }

    /// <summary>False while a new billable call must be refused with 503 <c>accounting_unavailable</c>.</summary>
    public bool IsAccepting => RefusalReason is null;

    /// <summary>
    /// Null while accepting, else <c>spool_full</c> (90 % of its bytes wait for a consumer) or <c>spool_disk_error</c>.
    /// </summary>
    public string? RefusalReason =>
        Money.IsFailing ? "spool_disk_error"
        : Money.BytesWanted >= _options.MaxBytes * FullRatio ? "spool_full"
        : null;

    /// <summary>Usage and completion events not yet confirmed by the broker.</summary>
    public long PendingEvents => Pending(Money) + Pending(Refusals);

    /// <summary>Of calls that may cost: events that were numbered, and those the broker has not confirmed.</summary>
    public (long Numbered, long Pending) MoneyProgress =>
        (Money.NextUsageSequence + Money.NextCompletionSequence - 2, Pending(Money));

    /// <summary>Bytes of all segment files.</summary>
    public long Bytes => Money.Bytes + Refusals.Bytes;

    /// <summary>Opens the spool, and recovers what an edge that died left open in it.</summary>
    /// <param name="directory">Its directory; made when it is missing. One process at a time.</param>
    /// <param name="options">Sizes and times.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="meter">Carries its metrics.</param>
    /// <param name="logger">Hears of failures, damage and recovery.</param>
    /// <exception cref="InvalidOperationException">Another process has the directory.</exception>
    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    public static UsageSpool Open(
        string directory, SpoolOptions options, TimeProvider clock, Meter meter, ILogger<UsageSpool> logger)
    {
        Directory.CreateDirectory(directory);
        var held = Lock(directory);
        try
        {
            return new UsageSpool(directory, held, options, clock, meter, logger);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes down that a provider is about to be called. It reaches the page cache before it returns and its flush is
    /// under way, but nobody waits for the device here: a dead process loses nothing by that, a machine that loses its
    /// power within milliseconds loses the caller as well, and the hold's lease tells of the call; waiting would add a
    /// flush to every time to first token.
    /// </summary>
    /// <exception cref="SpoolUnavailableException">Nothing was written; refuse the call.</exception>
    public void RecordIntent(CallIntent intent) => RecordIntent(SpoolRecordBuffer.OfThisThread.LayOut(intent));

    /// <inheritdoc cref="RecordIntent(CallIntent)"/>
    public void RecordIntent(GatewayCall call, OpenAttempt open, in AttemptFigures estimate) =>
        RecordIntent(SpoolRecordBuffer.OfThisThread.LayOutIntent(call, open, in estimate));

    /// <summary>
    /// Notes the output streamed so far, so that an estimate after a crash is close. Every few seconds is enough; an
    /// event without an open intent is ignored, and a note that the disk refuses is not missed.
    /// </summary>
    public void RecordProgress(Guid eventId, long outputTokens)
    {
        Guid requestId;
        lock (Money.Gate)
        {
            if (!Money.Calls.TryFindIntent(eventId, out requestId))
            {
                return;
            }
        }

        var at = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        Span<byte> record = stackalloc byte[SpoolFrame.ProgressLength];
        SpoolFrame.PrepareProgress(record, eventId, requestId, at);
        try
        {
            Money.Append(record, outputTokens, at);
        }
        catch (IOException)
        {
            // The lane has said so, and the intent still stands for the call.
        }
    }

    /// <summary>
    /// Notes that an intent came to nothing that could be billed: nothing was sent, or the provider refused it. A note
    /// that the disk refuses is kept and written later; only a crash before that bills the attempt's estimated input.
    /// </summary>
    public void RecordVoid(Guid eventId, Guid requestId)
    {
        Span<byte> record = stackalloc byte[SpoolFrame.HeaderLength];
        SpoolFrame.PrepareVoid(record, eventId, requestId);
        try
        {
            Money.Append(record);
        }
        catch (IOException)
        {
            Hold(record);
        }
    }

    /// <summary>
    /// Writes down what an attempt consumed; await it before the last byte leaves. It completes once the record is as
    /// durable as the options say, or when a disk that fails has used up its patience: then the record is kept and
    /// written later. It never throws for a disk.
    /// </summary>
    public ValueTask RecordUsageAsync(UsageRecorded usage) =>
        RecordUsageAsync(SpoolRecordBuffer.OfThisThread.LayOut(usage), UsageSettlement.Of(usage));

    /// <inheritdoc cref="RecordUsageAsync(UsageRecorded)"/>
    public ValueTask RecordUsageAsync(
        GatewayCall call, OpenAttempt open, in AttemptFigures figures, in UsageSettlement settles) =>
        RecordUsageAsync(SpoolRecordBuffer.OfThisThread.LayOutUsage(call, open, in figures), settles);

    private ValueTask RecordUsageAsync(Span<byte> record, in UsageSettlement settles)
    {
        try
        {
            var end = Money.Append(record, settles: settles);
            return _options.Durability switch
            {
                SpoolDurability.Os => ValueTask.CompletedTask,
                SpoolDurability.Fsync => Money.FlushedAsync(end),
                _ => new ValueTask(ConfirmedAsync(end)),
            };
        }
        catch (IOException)
        {
            return Hold(record) is { } written ? new ValueTask(WaitPatientlyAsync(written)) : ValueTask.CompletedTask;
        }
    }

    /// <summary>Writes down how a request ended; after its usage. Throws for no disk, and waits for none.</summary>
    /// <param name="completed">The event.</param>
    /// <param name="admitted">False for a request refused before it could cost anything.</param>
    public void RecordCompletion(RequestCompleted completed, bool admitted) =>
        RecordCompletion(SpoolRecordBuffer.OfThisThread.LayOut(completed), admitted);

    /// <summary>The same of a call that took so long.</summary>
    public void RecordCompletion(GatewayCall call, TimeSpan duration) =>
        RecordCompletion(SpoolRecordBuffer.OfThisThread.LayOutCompletion(call, duration), call.IsAdmitted);

    private void RecordCompletion(Span<byte> record, bool admitted)
    {
        if (!admitted && (Refusals.IsFailing || Refusals.BytesWanted + record.Length > _options.MaxRefusalBytes))
        {
            _metrics.RefusalDropped();
            return;
        }

        try
        {
            (admitted ? Money : Refusals).Append(record);
        }
        catch (IOException) when (admitted)
        {
            Hold(record);
        }
        catch (IOException)
        {
            _metrics.RefusalDropped();
        }
    }

    /// <summary>
    /// Writes what is held, flushes, and keeps cursors and checkpoint. Calls still open stay open: the next start
    /// recovers them.
    /// </summary>
    public void Dispose()
    {
        _upkeep.Dispose();
        lock (_upkeepGate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        Try(_held.Write);
        Money.Stop();
        Refusals.Stop();
        Try(_moneyUpkeep.Finish);
        Try(_refusalUpkeep.Finish);
        Money.Dispose();
        Refusals.Dispose();
        _lock.Dispose();
    }

    private void RecordIntent(Span<byte> record)
    {
        try
        {
            Money.Append(RefusalReason is { } reason ? throw new SpoolUnavailableException(reason) : record);
        }
        catch (IOException failure) when (failure is not SpoolUnavailableException)
        {
            throw new SpoolUnavailableException("spool_disk_error", failure);
        }
    }

    private static FileStream Lock(string directory)
    {
        var path = Path.Combine(directory, "spool.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new InvalidOperationException(
                $"The spool directory {directory} is in use by another process. Two edges cannot share one: give each "
                + "a data directory of its own (LLM_PLATFORM_DATA).");
        }
    }

    // The settler's cursor has no say: what it has taken may still be unknown to everyone else.
    private static long Pending(SpoolLane lane)
    {
        var usage = 0L;
        var completions = 0L;
        foreach (var consumer in lane.Consumers)
        {
            var taken = consumer.State;
            var isThisEpoch = taken.Epoch == lane.Identity.Epoch;
            if (consumer.Name == UsageShipperName)
            {
                usage = lane.NextUsageSequence - Math.Max(1, isThisEpoch ? taken.NextUsageSequence : 1);
            }
            else if (consumer.Name == CompletionShipperName)
            {
                completions = lane.NextCompletionSequence - Math.Max(1, isThisEpoch ? taken.NextCompletionSequence : 1);
            }
        }

        return usage + completions;
    }

    private Task? Hold(ReadOnlySpan<byte> record)
    {
        var written = _held.TryAdd(record);
        if (written is null)
        {
            _metrics.RecordDropped();
            LogDropped(_options.MaxHeldRecords);
        }

        return written;
    }

    private async Task ConfirmedAsync(long end)
    {
        await Money.FlushedAsync(end);
        if (!await _usageShipper.PassesAsync(end, _options.ConfirmPatience, _clock))
        {
            _metrics.Unconfirmed();
        }
    }

    private async Task WaitPatientlyAsync(Task written)
    {
        try
        {
            await written.WaitAsync(_options.DiskPatience, _clock);
        }
        catch (TimeoutException)
        {
            _metrics.WaitsGivenUp(1);
        }
    }

    private void Upkeep()
    {
        if (!_upkeepGate.TryEnter())
        {
            return;
        }

        try
        {
            if (!_isDisposed)
            {
                _metrics.WaitsGivenUp(Money.ReleaseOverdue(_options.DiskPatience));
                Try(_held.Write);
                Try(Money.Probe);
                Try(Refusals.Probe);
                Try(_moneyUpkeep.Run);
                Try(_refusalUpkeep.Run);
            }
        }
        finally
        {
            _upkeepGate.Exit();
        }
    }

    private void Try(Action part)
    {
        try
        {
            part();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogUpkeepFailed(failure);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "The disk of the spool fails and {Limit} records are held in memory: a record was dropped, and its "
            + "call will be billed from its intent.")]
    private partial void LogDropped(int limit);

    [LoggerMessage(Level = LogLevel.Error, Message = "The spool's files could not be kept up; tried again shortly.")]
    private partial void LogUpkeepFailed(Exception failure);
}
