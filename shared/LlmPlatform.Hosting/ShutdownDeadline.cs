using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LlmPlatform.Hosting;

/// <summary>Gives the host the deadline that the options name.</summary>
internal sealed class ShutdownDeadline(IOptions<ShutdownOptions> options) : IConfigureOptions<HostOptions>
{
    public void Configure(HostOptions host) => host.ShutdownTimeout = options.Value.Timeout;
}
