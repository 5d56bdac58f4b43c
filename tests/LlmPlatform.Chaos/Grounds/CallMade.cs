using LlmPlatform.Scenarios.Calls;

namespace LlmPlatform.Chaos.Grounds;

/// <summary>A call that has ended.</summary>
/// <param name="Edge">Whom it asked.</param>
/// <param name="Result">What its caller saw.</param>
public sealed record CallMade(Uri Edge, ChatResult Result);
