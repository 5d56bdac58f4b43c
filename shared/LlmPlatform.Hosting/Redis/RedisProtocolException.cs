namespace LlmPlatform.Hosting.Redis;

/// <summary>What came over the connection is not RESP2, or is beyond a limit; the connection cannot be used further.</summary>
internal sealed class RedisProtocolException(string message) : Exception(message);
