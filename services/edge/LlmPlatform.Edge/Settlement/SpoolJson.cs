using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// The records' JSON. A field that is null is left out; one that is zero is written, as a reader may require it.
/// </summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CallIntent))]
[JsonSerializable(typeof(UsageRecorded))]
[JsonSerializable(typeof(RequestCompleted))]
[JsonSerializable(typeof(SpoolCursorState))]
[JsonSerializable(typeof(SpoolIdentity))]
internal sealed partial class SpoolJson : JsonSerializerContext;
