using System.IO.Pipelines;

namespace LlmPlatform.Edge.Idempotency;

/// <summary>
/// Stands between a call and its caller and keeps what passes, up to a bound. A caller that went away is none of the
/// call's concern: it is recorded to its end. For one writer at a time, as any pipe writer.
/// </summary>
internal sealed class AnswerRecording(PipeWriter caller, int maxBytes, CancellationToken callerGone)
    : PipeWriter, IDisposable
{
    private readonly PooledBuffer _pending = new(4096);
    private readonly PooledBuffer _kept = new(4096);
    private bool _callerIsGone;

    /// <summary>True once the answer was said to its end, and meant to be repeated.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>True when more passed than is kept.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>What passed; good until this is disposed of.</summary>
    public ReadOnlyMemory<byte> Bytes => _kept.Memory;

    /// <summary>Whether an answer of so many bytes will be kept.</summary>
    public bool Takes(int bytes) => bytes <= maxBytes;

    /// <summary>Says that this was the whole answer.</summary>
    public void MarkWhole() => IsWhole = true;

    /// <inheritdoc />
    public override Memory<byte> GetMemory(int sizeHint = 0) => _pending.GetMemory(sizeHint);

    /// <inheritdoc />
    public override Span<byte> GetSpan(int sizeHint = 0) => _pending.GetSpan(sizeHint);

    /// <inheritdoc />
    public override void Advance(int bytes) => _pending.Advance(bytes);

    /// <inheritdoc />
    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Keep(_pending.Span);
        if (!_callerIsGone)
        {
            try
            {
                _callerIsGone = (await caller.WriteAsync(_pending.Memory, callerGone)).IsCompleted;
            }
            catch (Exception fault) when (fault is OperationCanceledException or IOException)
            {
                _callerIsGone = true;
            }
        }

        _pending.Consume(_pending.Length);
        return new FlushResult(isCanceled: false, isCompleted: false);
    }

    /// <inheritdoc />
    public override void CancelPendingFlush() => caller.CancelPendingFlush();

    /// <inheritdoc />
    public override void Complete(Exception? exception = null)
    {
        // The response is the server's to complete.
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _pending.Dispose();
        _kept.Dispose();
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        IsTooLarge |= _kept.Length + bytes.Length > maxBytes;
        if (!IsTooLarge)
        {
            bytes.CopyTo(_kept.GetSpan(bytes.Length));
            _kept.Advance(bytes.Length);
        }
        else
        {
            _kept.Consume(_kept.Length);
        }
    }
}
