using Hutch.Site.Committing;
using Hutch.Site.Maintenance;

namespace Hutch.Datasets.Upkeep;

/// <summary>Whether the server can work. Needs no token: load balancers ask.</summary>
public sealed class HealthService(Committer committer, SiteWarnings warnings)
{
    /// <summary>Why nothing can be written until the next start; null while all is well.</summary>
    public string? Failure => committer.Failure;

    /// <summary>What an operator should see to.</summary>
    public ValueTask<IReadOnlyList<SiteWarning>> WarningsAsync(CancellationToken ct) => warnings.ReadAsync(ct);
}
