using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Alerting.Incidents;

/// <summary>How conditions of the platform are followed: <c>Alerting__Incidents__…</c> in the environment.</summary>
internal sealed class IncidentOptions
{
    public const string Section = "Alerting:Incidents";

    /// <summary>How often it is looked whether the bus is there and what has run out. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan LookInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long after a trouble was told the same one, ended and begun again, is kept back; if it is over by then,
    /// nobody is told of it. Default 10 min; 0 keeps none back.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the bus must be away before that is told. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan BusAwayAfter { get; init; } = TimeSpan.FromMinutes(1);
}
