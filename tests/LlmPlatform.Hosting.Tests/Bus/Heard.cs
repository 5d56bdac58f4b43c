using System.Collections.Concurrent;

namespace LlmPlatform.Hosting.Tests.Bus;

/// <summary>What the consumers of one host were given.</summary>
public sealed class Heard
{
    public ConcurrentQueue<int> Attempts { get; } = [];

    public ConcurrentQueue<int> Announced { get; } = [];

    /// <summary>The queue the announcement came through.</summary>
    public string? AnnouncementQueue { get; set; }
}
