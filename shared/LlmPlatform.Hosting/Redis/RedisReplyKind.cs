namespace LlmPlatform.Hosting.Redis;

/// <summary>What a <see cref="RedisReply"/> is.</summary>
public enum RedisReplyKind
{
    /// <summary>Nothing: an absent key, Lua's <c>false</c>.</summary>
    Nil,

    /// <summary>A signed 64-bit integer.</summary>
    Number,

    /// <summary>A short status such as <c>OK</c>.</summary>
    SimpleString,

    /// <summary>A string of bytes.</summary>
    Bulk,

    /// <summary>A list of replies.</summary>
    Array,

    /// <summary>An error inside an array; an error as the whole reply is thrown.</summary>
    Error,
}
