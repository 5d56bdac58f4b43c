namespace LlmPlatform.Edge.Settlement;

/// <summary>What a record of the spool says. The numbers are on disk.</summary>
internal enum SpoolRecordType : byte
{
    /// <summary>A provider is about to be called: <see cref="CallIntent"/>.</summary>
    Intent = 1,

    /// <summary>So many output tokens have streamed; the payload is the time in Unix milliseconds.</summary>
    Progress = 2,

    /// <summary>What an attempt consumed: <c>UsageRecorded</c>. Numbered.</summary>
    Usage = 3,

    /// <summary>How a request ended: <c>RequestCompleted</c>. Numbered, apart from usage.</summary>
    Completion = 4,

    /// <summary>
    /// An intent came to nothing that could be billed: it was never sent, or the provider refused it. No payload.
    /// </summary>
    Void = 5,
}
