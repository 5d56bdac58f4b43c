using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Hosting.Bus;

/// <summary>How the envelopes of many events are read: as MassTransit would, with code made for them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(UsageRecordedBatch))]
[JsonSerializable(typeof(RequestCompletedBatch))]
internal sealed partial class BatchJson : JsonSerializerContext;
