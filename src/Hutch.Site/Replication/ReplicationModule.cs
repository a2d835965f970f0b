using Hutch.Site.Engines;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Replication.Copies;
using Hutch.Site.Replication.Evicting;
using Hutch.Site.Replication.Homes;
using Hutch.Site.Replication.Space;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Replication;

/// <summary>Copies of datasets at other sites, the homes that move between sites, and bytes that other sites hold.</summary>
internal sealed class ReplicationModule
{
    public ReplicationModule(
        Committer committer, SiteDatabase records, Tree tree, HeadCompactor compactor, BlobStore blobs, BlobIntake intake,
        ISiteEngine engine, SiteOptions options, TrustedClock clock, TimeProvider time)
    {
        Offers = new CopyOffers(records, compactor, tree, blobs, time);
        WritePauses = new WritePauses(committer, engine.Others, time);
        HomeMoves = new HomeMoves(committer, records, Offers, intake, WritePauses);
        CopyEnds = new CopyEnds(committer, records, options.Lifecycle, clock);
        Freshness = new CopyFreshness(time);
        CopyHolds = new CopyHolds(committer, records, engine.SecureAsync);
        Attester = new Attester(records, blobs, engine.SecureAsync);
        Evictions = new Evictions(committer, records, blobs, options.NewId);
        Space = new SpaceMeter(records, blobs, tree);
    }

    public CopyOffers Offers { get; }

    public WritePauses WritePauses { get; }

    public HomeMoves HomeMoves { get; }

    public CopyEnds CopyEnds { get; }

    public CopyFreshness Freshness { get; }

    public CopyHolds CopyHolds { get; }

    public Attester Attester { get; }

    public Evictions Evictions { get; }

    public SpaceMeter Space { get; }
}
