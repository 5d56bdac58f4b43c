namespace LlmPlatform.Messaging;

/// <summary>What became of an attempt to send a row: confirmed, never possible, or unknown.</summary>
internal readonly record struct SendOutcome
{
    public static readonly SendOutcome Confirmed = new() { IsConfirmed = true };

    public bool IsConfirmed { get; private init; }

    public string? ParkedReason { get; private init; }

    public Exception? Failure { get; private init; }

    public static SendOutcome Parked(string reason) => new() { ParkedReason = reason };

    public static SendOutcome Unconfirmed(Exception failure) => new() { Failure = failure };
}
