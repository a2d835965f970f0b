namespace Hutch.Catalog.Zone;

/// <summary>The number of copies of <c>zone.db</c>, and the interval between them.</summary>
public sealed record ZoneCopyOptions
{
    /// <summary>Minutes between two copies; no copy is made when nothing changed.</summary>
    public int EveryMinutes { get; init; } = 60;

    /// <summary>Copies kept; the oldest are removed.</summary>
    public int MaxCopies { get; init; } = 48;

    /// <summary>Copies from before an upgrade kept; the oldest are removed.</summary>
    public int MaxUpgradeCopies { get; init; } = 5;
}
