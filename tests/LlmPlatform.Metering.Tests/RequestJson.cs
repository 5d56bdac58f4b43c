using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmPlatform.Metering.Tests;

/// <summary>Reads a body as the admin API does.</summary>
internal static class RequestJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static T Read<T>(string body) => JsonSerializer.Deserialize<T>(body, Options)!;
}
