namespace LlmPlatform.Router.Client;

/// <summary>Whether a deployment may be called.</summary>
public enum DeploymentStanding
{
    /// <summary>It may.</summary>
    Ready,

    /// <summary>Its circuit was open long enough: one call may try whether it is back.</summary>
    OnTrial,

    /// <summary>Its provider asked to be left alone for a while, or said that a limit is about to be reached.</summary>
    Cooling,

    /// <summary>It failed too often in a row.</summary>
    Open,
}
