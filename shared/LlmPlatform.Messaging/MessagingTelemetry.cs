using System.Diagnostics;

namespace LlmPlatform.Messaging;

/// <summary>The names under which tracing and metrics of this library are subscribed to.</summary>
public static class MessagingTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "LlmPlatform.Messaging";

    internal static readonly ActivitySource Activities = new(Name);
}
