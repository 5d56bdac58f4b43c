namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// An intent could not be written: the call must not be made, because nothing would bill it after a crash.
/// </summary>
internal sealed class SpoolUnavailableException(string reason, Exception? cause = null) : IOException(reason, cause);
