namespace Hutch.Site.Life.Maintenance;

/// <summary>The warnings of the engine for an operator.</summary>
public interface IEngineWarnings
{
    /// <summary>Returns the current warnings.</summary>
    ValueTask<IReadOnlyList<SiteWarning>> ReadAsync(CancellationToken ct);
}
