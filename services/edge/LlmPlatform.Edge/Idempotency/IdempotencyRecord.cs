namespace LlmPlatform.Edge.Idempotency;

/// <summary>
/// What stands under a key in Redis: one letter for its state, the fingerprint of the request, and what the state
/// has to say.
/// </summary>
/// <param name="State">How far the call is.</param>
/// <param name="Fingerprint">Of route and body; <see cref="AnswerSeal.FingerprintBytes"/> long.</param>
/// <param name="Rest">Of a running call who runs it; of a kept answer the answer, sealed.</param>
internal readonly record struct IdempotencyRecord(
    IdempotencyState State, ReadOnlyMemory<byte> Fingerprint, ReadOnlyMemory<byte> Rest)
{
    /// <summary>Reads it; null for what no edge of this version has written.</summary>
    public static IdempotencyRecord? Read(ReadOnlyMemory<byte> bytes) =>
        bytes.Length > AnswerSeal.FingerprintBytes && Enum.IsDefined((IdempotencyState)bytes.Span[0])
            ? new IdempotencyRecord(
                (IdempotencyState)bytes.Span[0],
                bytes.Slice(1, AnswerSeal.FingerprintBytes),
                bytes[(1 + AnswerSeal.FingerprintBytes)..])
            : null;

    /// <summary>Writes it.</summary>
    public byte[] Write() => [(byte)State, .. Fingerprint.Span, .. Rest.Span];
}

/// <summary>How far the call of a key is.</summary>
internal enum IdempotencyState : byte
{
    /// <summary>Under way.</summary>
    Running = (byte)'r',

    /// <summary>Answered; the answer is kept.</summary>
    Kept = (byte)'k',

    /// <summary>Answered; the answer was too large to keep.</summary>
    TooLarge = (byte)'l',
}
