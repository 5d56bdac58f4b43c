namespace LlmPlatform.Metering.Limits;

/// <summary>What has become of a <see cref="BudgetIncrease"/>.</summary>
internal enum BudgetIncreaseState
{
    /// <summary>Nobody has approved it yet.</summary>
    Asked,

    /// <summary>The limit is higher by it.</summary>
    InForce,

    /// <summary>Its end has passed.</summary>
    Over,

    /// <summary>It was taken back.</summary>
    Withdrawn,

    /// <summary>Its end passed before anybody approved it.</summary>
    Lapsed,
}
