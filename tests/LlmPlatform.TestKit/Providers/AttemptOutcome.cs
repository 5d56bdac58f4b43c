namespace LlmPlatform.TestKit.Providers;

/// <summary>How a call at a <see cref="FakeProvider"/> ended.</summary>
public enum AttemptOutcome
{
    /// <summary>Still being answered.</summary>
    Open,

    /// <summary>Answered in full, to the last byte.</summary>
    Completed,

    /// <summary>Refused with a status; nothing is billed.</summary>
    Refused,

    /// <summary>The script broke it off, by a cut connection or an error event.</summary>
    Broken,

    /// <summary>The connection ended before the answer did.</summary>
    CallerLeft,
}
