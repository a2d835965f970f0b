namespace Hutch.Site.Maintenance;

/// <summary>What an operator should see to in what keeps the site.</summary>
public interface IEngineWarnings
{
    /// <summary>The warnings as they are now; none when all is well.</summary>
    ValueTask<IReadOnlyList<SiteWarning>> ReadAsync(CancellationToken ct);
}
