using System.Security.Cryptography;
using MassTransit;

namespace LlmPlatform.Hosting.Bus;

/// <summary>
/// Consumers that every process must hear, each on a queue of its own that goes when the process does. For
/// announcements that may be lost: whatever they announce is also polled.
/// </summary>
public static class Announcements
{
    private const string Mark = "-hears-";

    /// <summary>Registers a consumer of an announcement.</summary>
    public static void AddAnnouncementConsumer<TConsumer>(this IBusRegistrationConfigurator bus)
        where TConsumer : class, IConsumer
    {
        // The formatter joins an instance to its queue as it is: the mark brings its hyphens along.
        var instance = Mark + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        bus.AddConsumer<TConsumer>().Endpoint(endpoint =>
        {
            endpoint.InstanceId = instance;
            endpoint.Temporary = true;
        });
    }

    /// <summary>True for the queue of an announcement, which must be neither a quorum queue nor durable.</summary>
    internal static bool IsAnnouncement(string queue) => queue.Contains(Mark, StringComparison.Ordinal);
}
