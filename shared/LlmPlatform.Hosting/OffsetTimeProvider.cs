namespace LlmPlatform.Hosting;

/// <summary>The machine's clock, wrong by a fixed amount. Timers and measured times are right.</summary>
/// <param name="offset">Added to the time of day.</param>
internal sealed class OffsetTimeProvider(TimeSpan offset) : TimeProvider
{
    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;
}
