using Hutch.Datasets.Files;
using Hutch.Datasets.Replication.Sites;

namespace Hutch.Datasets;

/// <summary>The access services that every door uses before and during a request.</summary>
public sealed class AccessModule
{
    public AccessModule(ZoneServices zone, SiteServices site, TimeProvider time)
    {
        View = new ReadView(zone.Changes, site.ReadIndex);
        Rechecks = new Reauthorizer(zone.Authenticator, zone.Authorizer);
        Downloads = new DownloadLog(zone.Changes, time);
        Guard = new ReadGuard(Rechecks, Downloads);
        WriteRouter = new WriteRouter(zone.Authorizer, zone.Sites, zone.SiteReaders, site.Heads);
    }

    /// <summary>Makes requests see all earlier acknowledged changes.</summary>
    public ReadView View { get; }

    /// <summary>Ends downloads whose caller loses the right to read.</summary>
    public ReadGuard Guard { get; }

    public DownloadLog Downloads { get; }

    public WriteRouter WriteRouter { get; }

    /// <summary>Checks rights again after a long body.</summary>
    internal Reauthorizer Rechecks { get; }
}
