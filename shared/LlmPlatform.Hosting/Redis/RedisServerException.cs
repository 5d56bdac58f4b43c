namespace LlmPlatform.Hosting.Redis;

/// <summary>The server answered with an error. The command was refused; a script may have done part of its work.</summary>
public sealed class RedisServerException : Exception
{
    private const string EchoedArguments = ", with args beginning with";

    /// <param name="message">What the server said, starting with its code.</param>
    public RedisServerException(string message)
        : base(WithoutArguments(message))
    {
        var end = message.IndexOf(' ', StringComparison.Ordinal);
        Code = end < 0 ? message : message[..end];
    }

    /// <summary>The first word of the error: <c>ERR</c>, <c>WRONGTYPE</c>, <c>OOM</c>, <c>READONLY</c>, …</summary>
    public string Code { get; }

    // For a command it does not know, the server repeats the arguments, a password of AUTH among them.
    private static string WithoutArguments(string message)
    {
        var start = message.IndexOf(EchoedArguments, StringComparison.Ordinal);
        return start < 0 ? message : message[..start];
    }
}
