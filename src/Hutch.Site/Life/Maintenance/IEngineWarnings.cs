namespace Hutch.Site.Life.Maintenance;

/// <summary>Conditions of the engine that an operator should see to.</summary>
public interface IEngineWarnings
{
    /// <summary>The warnings as they are now; none when all is well.</summary>
    ValueTask<IReadOnlyList<SiteWarning>> ReadAsync(CancellationToken ct);
}
