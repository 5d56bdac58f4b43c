using LlmPlatform.Chaos.Grounds;

namespace LlmPlatform.Chaos.Certificate;

/// <summary>One thing that goes wrong, and is over when its task ends.</summary>
/// <param name="Kind">For example <c>kill -9 edge-1</c>.</param>
/// <param name="Target">What it happens to; two faults of one round never share theirs.</param>
/// <param name="InflictAsync">Does it.</param>
internal sealed record Fault(string Kind, string Target, Func<ProvingGround, CancellationToken, Task> InflictAsync)
{
    /// <summary>The target of a fault that must be alone.</summary>
    public const string Everything = "everything";

    public override string ToString() => Kind;
}
