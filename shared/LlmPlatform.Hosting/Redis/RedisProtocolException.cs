namespace LlmPlatform.Hosting.Redis;

<<<<<<< HEAD
/// <summary>What came over the connection is not RESP2, or is beyond a limit; the connection cannot be used further.</summary>
=======
/// <summary>What came over the connection is not RESP2, or is beyond a limit; the connection is to be closed.</summary>
>>>>>>> main
internal sealed class RedisProtocolException(string message) : Exception(message);
