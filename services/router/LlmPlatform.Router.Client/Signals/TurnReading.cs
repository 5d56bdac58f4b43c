namespace LlmPlatform.Router.Client;

/// <summary>Whose turn it is next among the deployments of one priority.</summary>
/// <param name="Model">The published model.</param>
/// <param name="Priority">The priority.</param>
/// <param name="Next">The turn, counted from 0 and over again after the largest number.</param>
public sealed record TurnReading(string Model, int Priority, uint Next);
