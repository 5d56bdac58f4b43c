namespace LlmPlatform.Hosting.Redis;

/// <summary>Why Redis did not answer.</summary>
public enum RedisUnavailableReason
{
    /// <summary>There is no connection; one is being made in the background.</summary>
    NotConnected,

    /// <summary>The connection broke while the command was in flight.</summary>
    ConnectionLost,

    /// <summary>No reply came before the caller's deadline.</summary>
    TimedOut,

    /// <summary>Too many commands or bytes are waiting already.</summary>
    Overloaded,
}
