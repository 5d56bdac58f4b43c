namespace LlmPlatform.Router.Client;

/// <summary>What <see cref="DeploymentSignals.TryEnter"/> answers.</summary>
public enum DeploymentPermit
{
    /// <summary>The call may go there.</summary>
    Granted,

    /// <summary>The call may go there and is the one that tries whether it is back.</summary>
    Trial,

    /// <summary>It failed too often of late, and another call tries whether it is back.</summary>
    RefusedOpen,

    /// <summary>It asked to be left alone.</summary>
    RefusedCooling,
}
