namespace LlmPlatform.Edge.Relay;

/// <summary>Is told how a stream goes on.</summary>
internal interface IStreamObserver
{
    /// <summary>The first content is about to leave.</summary>
    void OnFirstContent();

    /// <summary>Some events have been taken.</summary>
    void OnProgress();

    /// <summary>All but the last event has left: writes the usage to the spool.</summary>
    ValueTask SettleAsync();
}
