using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmPlatform.Router.Client;

/// <summary>
/// The keys that sign calls to AWS, as they travel inside a provider's one credential: a small JSON document. Secret,
/// so it has no text of its own.
/// </summary>
public sealed class AwsKeys
{
    /// <summary>Names the key.</summary>
    [JsonPropertyName("access_key_id")]
    public required string AccessKeyId { get; init; }

    /// <summary>Signs.</summary>
    [JsonPropertyName("secret_access_key")]
    public required string SecretAccessKey { get; init; }

    /// <summary>What comes with temporary keys; null for lasting ones.</summary>
    [JsonPropertyName("session_token")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SessionToken { get; init; }

    /// <summary>The keys as one text, always the same for the same keys.</summary>
    public string ToCredential() => JsonSerializer.Serialize(this);

    /// <summary>Reads a credential that holds keys.</summary>
    /// <param name="credential">The opened credential of a provider.</param>
    /// <param name="keys">The keys it holds.</param>
    /// <returns>False when it is anything else, such as an API key.</returns>
    public static bool TryRead(string credential, [NotNullWhen(true)] out AwsKeys? keys)
    {
        keys = null;
        if (!credential.StartsWith('{'))
            return false;
        try
        {
            keys = JsonSerializer.Deserialize<AwsKeys>(credential);
        }
        catch (JsonException)
        {
            return false;
        }

        return keys is not null;
    }
}
