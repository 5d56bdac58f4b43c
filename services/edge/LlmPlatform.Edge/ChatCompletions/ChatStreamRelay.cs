using System.Buffers;
using System.IO.Pipelines;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Providers;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>
/// Passes a chat stream on, event by event, as it arrives, and watches it for usage. Holds back nothing but the last
/// event, which leaves only when the usage is in the spool. A caller that went away is not written to; the provider is
/// read on.
/// </summary>
internal sealed class ChatStreamRelay(
    UpstreamAttempt attempt, PipeWriter output, OpenAttempt open, bool showUsage, int maxEventBytes) : IDisposable
{
    private const int ReadBytes = 16 * 1024;

    private readonly PooledBuffer _pending = new(ReadBytes);
    private long _contentBytes;
    private long _contentEvents;
    private bool _ended;

    /// <summary>The last usage the provider reported; it is cumulative, so the last one is the whole.</summary>
    public TokenUsage? Usage { get; private set; }

    public bool UsageIsConsistent { get; private set; } = true;

    /// <summary>The provider's id of the exchange.</summary>
    public string? ProviderRequestId { get; private set; }

    /// <summary>True when the provider sent an error inside its stream.</summary>
    public bool SawError { get; private set; }

    /// <summary>True once the caller was found gone.</summary>
    public bool CallerGone { get; private set; }

    public long BytesOut { get; private set; }

    /// <summary>Output tokens that passed, counted by us.</summary>
    public long CountedTokens => Math.Max(_contentEvents, ChatContent.Tokens(_contentBytes));

    /// <summary>
    /// Reads until the first event that says something is whole. Until then nothing has been sent, and another provider
    /// may serve: comments that only keep the connection alive begin no answer, and an error in the first event is a
    /// refusal.
    /// </summary>
    public async ValueTask<UpstreamError?> ReadFirstAsync()
    {
        while (true)
        {
            if (FirstPayload(out var payload))
            {
                return payload.IndexOf("\"error\""u8) >= 0 && ChatChunk.Read(payload, wantsId: false).IsError
                    ? new UpstreamError(UpstreamStage.Refused, UpstreamCause.ErrorEvent)
                    : null;
            }

            if (_ended)
            {
                return new UpstreamError(UpstreamStage.FirstByte, UpstreamCause.Protocol);
            }

            if (await FillAsync() is { } error)
            {
                return error;
            }
        }
    }

    /// <summary>Passes everything on. The last event leaves after <paramref name="settle"/> has completed.</summary>
    /// <param name="settle">Writes the usage to the spool.</param>
    /// <param name="onFirstContent">Runs when the first content is about to leave.</param>
    /// <param name="callerGone">Cancelled when the caller goes away.</param>
    public async ValueTask<UpstreamError?> RunAsync(
        Func<ValueTask> settle, Action onFirstContent, CancellationToken callerGone)
    {
        while (true)
        {
            var isDone = ForwardWholeEvents(onFirstContent);
            open.OutputTokensSoFar = CountedTokens;
            if (isDone || (_ended && _pending.Length == 0))
            {
                await FlushAsync(callerGone);
                await settle();
                WriteWhole(_pending.Span);
                await FlushAsync(callerGone);
                return null;
            }

            await FlushAsync(callerGone);
            if (await FillAsync() is { } error)
            {
                return error;
            }
        }
    }

    /// <summary>Writes a last event of our own.</summary>
    public async ValueTask EndWithAsync(byte[] lastEvent, CancellationToken callerGone)
    {
        Write(lastEvent);
        await FlushAsync(callerGone);
    }

    public void Dispose() => _pending.Dispose();

    private bool FirstPayload(out ReadOnlySpan<byte> payload)
    {
        var rest = _pending.Span;
        while (!rest.IsEmpty)
        {
            var length = ServerSentEvents.FirstEventLength(rest, _ended);
            if (length == 0 && !_ended)
            {
                break;
            }

            payload = ServerSentEvents.Data(length == 0 ? rest : rest[..length]);
            if (!payload.IsEmpty)
            {
                return true;
            }

            rest = length == 0 ? default : rest[length..];
        }

        payload = default;
        return false;
    }

    private async ValueTask<UpstreamError?> FillAsync()
    {
        if (_pending.Length > maxEventBytes)
        {
            return new UpstreamError(UpstreamStage.Body, UpstreamCause.Protocol);
        }

        var (count, error) = await attempt.ReadAsync(_pending.GetMemory(ReadBytes));
        _pending.Advance(count);
        _ended = error is null && count == 0;
        return error;
    }

    // True when the terminator was met: it stays in the buffer, to leave last.
    private bool ForwardWholeEvents(Action onFirstContent)
    {
        while (_pending.Length > 0)
        {
            var length = ServerSentEvents.FirstEventLength(_pending.Span, _ended);
            if (length == 0 && !_ended)
            {
                return false;
            }

            // A last event may come without its empty line.
            var whole = _pending.Span[..(length == 0 ? _pending.Length : length)];
            var payload = ServerSentEvents.Data(whole);
            if (payload.StartsWith("[DONE]"u8))
            {
                return true;
            }

            Forward(whole, payload, onFirstContent);
            _pending.Consume(whole.Length);
        }

        return false;
    }

    private void Forward(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> payload, Action onFirstContent)
    {
        CountContent(payload, onFirstContent);
        var mentionsUsage = payload.IndexOf("\"usage\""u8) >= 0;
        var mentionsError = !mentionsUsage && payload.IndexOf("\"error\""u8) >= 0;
        if (!mentionsUsage && !mentionsError && (ProviderRequestId is not null || payload.IsEmpty))
        {
            WriteWhole(whole);
            return;
        }

        var chunk = ChatChunk.Read(payload, wantsId: ProviderRequestId is null);
        ProviderRequestId ??= chunk.Id;
        SawError |= chunk.IsError;
        if (chunk.Usage is { } usage)
        {
            Usage = usage;
            UsageIsConsistent = chunk.IsConsistent;
        }

        var (offset, size) = chunk.UsageMember.GetOffsetAndLength(payload.Length);
        if (showUsage || size == 0)
        {
            WriteWhole(whole);
        }
        else if (chunk.HasChoices || chunk.Usage is null)
        {
            // The caller did not ask for usage: it must not see that we did.
            whole.Overlaps(payload, out var payloadAt);
            Write(whole[..(payloadAt + offset)]);
            WriteWhole(whole[(payloadAt + offset + size)..]);
        }
    }

    private void CountContent(ReadOnlySpan<byte> payload, Action onFirstContent)
    {
        var bytes = ChatContent.TextBytes(payload);
        if (bytes == 0)
        {
            return;
        }

        if (_contentEvents == 0)
        {
            onFirstContent();
        }

        _contentEvents++;
        _contentBytes += bytes;
    }

    // A parser drops an event that its stream ended without an empty line: the caller gets the line.
    private void WriteWhole(ReadOnlySpan<byte> bytes)
    {
        Write(bytes);
        if (_ended && !bytes.IsEmpty && ServerSentEvents.MissingEnd(bytes) is { IsEmpty: false } end)
        {
            Write(end);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (!CallerGone && !bytes.IsEmpty)
        {
            output.Write(bytes);
            BytesOut += bytes.Length;
        }
    }

    private async ValueTask FlushAsync(CancellationToken callerGone)
    {
        if (CallerGone)
        {
            return;
        }

        try
        {
            CallerGone = callerGone.IsCancellationRequested || (await output.FlushAsync(callerGone)).IsCompleted;
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            CallerGone = true;
        }
    }
}
