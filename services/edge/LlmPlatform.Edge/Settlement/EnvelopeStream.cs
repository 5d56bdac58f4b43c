using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Ships one kind of event from one lane. It goes in rounds: a few envelopes leave together, and the cursor moves when
/// the broker has confirmed all of them, so that nothing before the cursor is ever unconfirmed. An envelope whose fate
/// is not known is sent again under the same message id.
/// </summary>
internal sealed partial class EnvelopeStream : IAsyncDisposable
{
    private readonly EnvelopeKind _kind;
    private readonly SpoolCursor _cursor;
    private readonly SpoolReader _reader;
    private readonly EnvelopePublisher _publisher;
    private readonly IReadOnlyList<string> _queues;
    private readonly ShipperSetting _setting;
    private readonly ShipperOptions _options;
    private readonly ILogger _logger;
    private int _isHeldUp;

    /// <param name="kind">What to ship.</param>
    /// <param name="lane">Where from.</param>
    /// <param name="cursorName">Which of the lane's cursors is this stream's.</param>
    /// <param name="queues">The queues that must exist.</param>
    /// <param name="setting">What all streams share.</param>
    public EnvelopeStream(
        EnvelopeKind kind,
        SpoolLane lane,
        string cursorName,
        IReadOnlyList<string> queues,
        ShipperSetting setting)
    {
        (_kind, _queues, _setting, _options, _logger) = (kind, queues, setting, setting.Options, setting.Logger);
        _cursor = lane.Consumers.Single(consumer => consumer.Name == cursorName);
        _reader = new SpoolReader(lane, kind.Type, _cursor.State);
        _publisher = new EnvelopePublisher(setting.Queues.Broker, kind);
    }

    /// <summary>
    /// Ships until the lane has been shipped to its end after draining began, or nobody takes it any more.
    /// </summary>
    /// <param name="draining">Cancelled when nothing more will be appended.</param>
    /// <param name="cancellationToken">Cancelled when there is no time left.</param>
    public async Task RunAsync(CancellationToken draining, CancellationToken cancellationToken)
    {
        if (!await FindQueuesAsync(draining))
        {
            return;
        }

        while (true)
        {
            var round = await CollectAsync(draining);
            var reached = _reader.Reached;
            if (round.Count > 0)
            {
                if (!await ShipAsync(round, draining, cancellationToken))
                {
                    return;
                }

                _cursor.State = reached;
                continue;
            }

            _cursor.State = reached;
            if (!draining.IsCancellationRequested)
            {
                await _reader.WaitAsync(draining).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else if (_reader.IsAtEnd)
            {
                return;
            }
            else
            {
                await _reader.WaitAsync(cancellationToken);
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _publisher.DisposeAsync();
    }

    private async Task<List<Envelope>> CollectAsync(CancellationToken draining)
    {
        var round = new List<Envelope>();
        Collect(round);
        if (round is [{ IsFull: false }] && _options.Linger > TimeSpan.Zero && !draining.IsCancellationRequested)
        {
            await Task.Delay(_options.Linger, _setting.Clock, draining)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Collect(round);
        }

        return round;
    }

    private void Collect(List<Envelope> round)
    {
        while (!(round.Count >= _options.MaxInFlight && round[^1].IsFull) && _reader.TryRead(out var entry))
        {
            if (round.Count == 0 || !round[^1].Takes(entry))
            {
                round.Add(new Envelope(_kind, entry.Edge, entry.Sequence, _options));
            }

            round[^1].Add(entry.Payload.Span);
        }
    }

    private async Task<bool> ShipAsync(
        List<Envelope> round, CancellationToken draining, CancellationToken cancellationToken)
    {
        try
        {
            var shipped = await Task.WhenAll(round.Select(one => ShipAsync(one, draining, cancellationToken)));
            return !shipped.Contains(false);
        }
        finally
        {
            round.ForEach(envelope => envelope.Dispose());
        }
    }

    private async Task<bool> ShipAsync(
        Envelope envelope, CancellationToken draining, CancellationToken cancellationToken)
    {
        envelope.Seal(_setting.Clock.GetUtcNow());
        var messageId = envelope.MessageId;
        var pause = new Pause(_options.RetryAfter, _options.RetryAtMost, _setting.Clock);
        while (true)
        {
            try
            {
                using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                attempt.CancelAfter(_options.PublishTimeout);
                await _publisher.PublishAsync(messageId, envelope.Body, attempt.Token);
                TellGoesOn();
                return true;
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                TellHeldUp(failure);
            }

            // Asking for the queues first keeps a broker that is away from being sent the same envelope over and over.
            await pause.NextAsync(draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!await FindQueuesAsync(draining))
            {
                return false;
            }
        }
    }

    private async Task<bool> FindQueuesAsync(CancellationToken draining)
    {
        var pause = new Pause(_options.RetryAfter, _options.RetryAtMost, _setting.Clock);
        while (!draining.IsCancellationRequested)
        {
            try
            {
                var missing = await _setting.Queues.FindMissingAsync(_queues, draining);
                if (missing.Count == 0)
                {
                    return true;
                }

                TellHeldUp(new InvalidOperationException($"Queues do not exist yet: {string.Join(", ", missing)}."));
            }
            catch (Exception failure) when (!draining.IsCancellationRequested)
            {
                TellHeldUp(failure);
            }
            catch (Exception) when (draining.IsCancellationRequested)
            {
                return false;
            }

            await pause.NextAsync(draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }

    // Once for each time it is held up: an outage of hours is one line and not a million.
    private void TellHeldUp(Exception failure)
    {
        if (Interlocked.Exchange(ref _isHeldUp, 1) == 0)
        {
            LogHeldUp(failure, _kind.Name);
        }
    }

    private void TellGoesOn()
    {
        if (Interlocked.Exchange(ref _isHeldUp, 0) == 1)
        {
            LogGoesOn(_kind.Name);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Events of kind {Kind} cannot be handed to the bus; they stay in the spool and are tried again.")]
    private partial void LogHeldUp(Exception failure, string kind);

    [LoggerMessage(Level = LogLevel.Information, Message = "Events of kind {Kind} reach the bus again.")]
    private partial void LogGoesOn(string kind);
}
