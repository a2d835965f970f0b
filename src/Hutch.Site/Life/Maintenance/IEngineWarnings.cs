namespace Hutch.Site.Life.Maintenance;

public interface IEngineWarnings
{
    ValueTask<IReadOnlyList<SiteWarning>> ReadAsync(CancellationToken ct);
}
