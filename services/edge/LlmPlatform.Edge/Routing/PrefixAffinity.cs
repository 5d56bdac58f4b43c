using System.Text;
using System.Text.Json;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Routing;

/// <summary>
/// Which calls share a prefix that a provider may have cached: those with the same <c>X-Routing-Affinity</c>, else the
/// same <c>prompt_cache_key</c>, else the same instructions and first message.
/// </summary>
internal static class PrefixAffinity
{
    /// <summary>Never 0 where something is shared.</summary>
    public static ulong Of(GatewayCall call)
    {
        var header = call.Http.Request.Headers["X-Routing-Affinity"];
        return header is [{ Length: > 0 } named, ..]
            ? RouteSeed.HashOf(Encoding.UTF8.GetBytes(named))
            : Of(call.Body!.Span);
    }

    /// <summary>By a body that is known to be JSON.</summary>
    public static ulong Of(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        reader.Read();
        var shared = 0UL;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKey = reader.ValueTextEquals("prompt_cache_key"u8);
            var isList = reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("input"u8)
                || reader.ValueTextEquals("prompt"u8);
            var isWhole = isKey || reader.ValueTextEquals("system"u8) || reader.ValueTextEquals("instructions"u8)
                || reader.ValueTextEquals("tools"u8);
            reader.Read();
            if (isList && reader.TokenType == JsonTokenType.StartArray)
            {
                var depth = reader.CurrentDepth;
                reader.Read();
                shared ^= HashOfValue(body, ref reader);
                while (reader.CurrentDepth > depth && reader.Read())
                {
                }
            }
            else if (isWhole || isList)
            {
                var hash = HashOfValue(body, ref reader);
                if (isKey)
                {
                    return hash;
                }

                shared ^= hash;
            }
            else
            {
                reader.Skip();
            }
        }

        return shared;
    }

    private static ulong HashOfValue(ReadOnlySpan<byte> body, ref Utf8JsonReader reader)
    {
        var from = (int)reader.TokenStartIndex;
        reader.Skip();
        return RouteSeed.HashOf(body[from..(int)reader.BytesConsumed]);
    }
}
