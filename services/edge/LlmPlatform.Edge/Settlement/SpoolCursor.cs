using System.Text.Json;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// How far one consumer has come in one lane. It moves in memory at once, and on disk when the lane's upkeep comes by:
/// what lies between is taken again after a crash, which every consumer allows for. Segments are deleted by what is on
/// disk.
/// </summary>
internal sealed class SpoolCursor
{
    private readonly string _path;
    private SpoolCursorState _state;
    private SpoolCursorState _kept;
    private TaskCompletionSource? _moved;

    /// <param name="directory">The lane's directory.</param>
    /// <param name="name">The consumer's name: the file is <c>name.cursor</c>.</param>
    public SpoolCursor(string directory, string name)
    {
        Name = name;
        _path = Path.Combine(directory, name + ".cursor");
        _state = _kept = Read(_path);
    }

    /// <summary>The consumer's name.</summary>
    public string Name { get; }

    /// <summary>Where the consumer is. Only the consumer sets it.</summary>
    public SpoolCursorState State
    {
        get => Volatile.Read(ref _state);
        set
        {
            Volatile.Write(ref _state, value);
            Interlocked.Exchange(ref _moved, null)?.SetResult();
        }
    }

    /// <summary>Where the consumer would begin after a crash now.</summary>
    public long KeptPosition => Volatile.Read(ref _kept).Position;

    /// <summary>Waits until the consumer has taken everything before a position.</summary>
    /// <returns>False when it has not for so long.</returns>
    public async Task<bool> PassesAsync(long position, TimeSpan patience, TimeProvider clock)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            // Taken before looking: a move in between completes it.
            var moved = NextMove();
            if (State.Position >= position)
            {
                return true;
            }

            var left = patience - clock.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            await moved.WaitAsync(left, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Writes the file, unless it says so already. Only the lane's upkeep calls it.</summary>
    public void Keep()
    {
        var state = State;
        if (state != _kept)
        {
            DurableFile.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(state, SpoolJson.Default.SpoolCursorState));
            Volatile.Write(ref _kept, state);
        }
    }

    private Task NextMove()
    {
        var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _moved, fresh, null) ?? fresh).Task;
    }

    // A cursor that cannot be read begins at the oldest record there is: that repeats, and loses nothing.
    private static SpoolCursorState Read(string path)
    {
        try
        {
            var known = JsonSerializer.Deserialize(File.ReadAllBytes(path), SpoolJson.Default.SpoolCursorState);
            return known ?? new SpoolCursorState(0);
        }
        catch (Exception unreadable) when (unreadable is FileNotFoundException or JsonException)
        {
            return new SpoolCursorState(0);
        }
    }
}
