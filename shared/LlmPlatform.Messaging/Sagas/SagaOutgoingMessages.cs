namespace LlmPlatform.Messaging;

/// <summary>What a saga published or sent while one message was handled.</summary>
internal sealed class SagaOutgoingMessages
{
    private readonly List<CapturedMessage> _messages = [];
    private bool _closed;

    public void Add(CapturedMessage message)
    {
        lock (_messages)
        {
            if (_closed)
                throw new InvalidOperationException(
                    $"{message.MessageType.Name} was published after the saga's transaction had ended: a publish in a "
                    + "state machine must be awaited.");

            _messages.Add(message);
        }
    }

    /// <summary>Hands the messages over and refuses any that come later: they could no longer be saved.</summary>
    public IReadOnlyList<CapturedMessage> Close()
    {
        lock (_messages)
        {
            _closed = true;
            return _messages;
        }
    }
}
