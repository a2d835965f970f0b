using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Servers;
using Hutch.Site.Replication.Copies;
using Hutch.Site.Replication.Evicting;
using Hutch.Site.Replication.Homes;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Replication;

/// <summary>Copies of datasets at other sites, the homes that move between sites, and bytes that other sites hold.</summary>
internal sealed class ReplicationModule
{
    public ReplicationModule(
        Committer committer, SiteDatabase records, Tree tree, HeadFolder folder, BlobStore blobs, BlobIntake intake, IOtherServers? others,
        SiteOptions options, SettledClock clock, TimeProvider time)
    {
        Offers = new CopyOffers(records, folder, tree, blobs, time);
        WriteHolds = new WriteHolds(committer, others, time);
        HomeMoves = new HomeMoves(committer, records, Offers, intake, WriteHolds);
        CopyEnds = new CopyEnds(committer, records, options.Lifecycle, clock);
        Freshness = new CopyFreshness(time);
        CopyHolds = new CopyHolds(committer, records);
        Attester = new Attester(records, blobs);
        Evictions = new Evictions(committer, records, blobs, options.NewId);
    }

    public CopyOffers Offers { get; }

    public WriteHolds WriteHolds { get; }

    public HomeMoves HomeMoves { get; }

    public CopyEnds CopyEnds { get; }

    public CopyFreshness Freshness { get; }

    public CopyHolds CopyHolds { get; }

    public Attester Attester { get; }

    public Evictions Evictions { get; }
}
