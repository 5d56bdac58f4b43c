namespace LlmPlatform.Hosting.Configuration;

/// <summary>Section <c>audit</c>.</summary>
public sealed record AuditConfiguration
{
    /// <summary>Whether prompts and answers are kept beside the record of a call. Default false.</summary>
    public bool CaptureBodies { get; init; }

    /// <summary>How long records are kept, 1 d to 3650 d. Default 400 d.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(400);
}
