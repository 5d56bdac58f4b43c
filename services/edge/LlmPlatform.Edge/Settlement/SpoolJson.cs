using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// The records' JSON, named as on the bus: an envelope takes their bytes as they are. A field that is null is left out;
/// one that is zero is written, as a reader may require it. Earlier versions wrote names with capitals.
/// </summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(CallIntent))]
[JsonSerializable(typeof(UsageRecorded))]
[JsonSerializable(typeof(RequestCompleted))]
[JsonSerializable(typeof(SpoolCursorState))]
[JsonSerializable(typeof(SpoolIdentity))]
internal sealed partial class SpoolJson : JsonSerializerContext;
