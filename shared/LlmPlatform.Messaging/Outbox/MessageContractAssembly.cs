using System.Reflection;

namespace LlmPlatform.Messaging;

/// <summary>An assembly whose public types may travel through an outbox.</summary>
internal sealed record MessageContractAssembly(Assembly Assembly);
