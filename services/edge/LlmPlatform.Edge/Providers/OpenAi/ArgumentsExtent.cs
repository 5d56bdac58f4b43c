namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>
/// Whether the pieces of a JSON object read so far make it whole. Tells where a tool call's arguments end in a stream
/// that does not say.
/// </summary>
internal struct ArgumentsExtent
{
    private int _depth;
    private bool _began;
    private bool _inText;
    private bool _escaped;

    /// <summary>True once every brace and bracket that was opened is closed.</summary>
    public readonly bool IsWhole => _began && _depth == 0;

    /// <summary>Reads the next piece.</summary>
    public void Read(string piece)
    {
        foreach (var sign in piece)
        {
            Read(sign);
        }
    }

    private void Read(char sign)
    {
        if (_escaped)
        {
            _escaped = false;
        }
        else if (_inText)
        {
            _escaped = sign == '\\';
            _inText = sign != '"';
        }
        else if (sign is '{' or '[')
        {
            _began = true;
            _depth++;
        }
        else if (sign is '}' or ']')
        {
            _depth--;
        }
        else
        {
            _inText = sign == '"';
        }
    }
}
