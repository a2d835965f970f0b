using Hutch.Datasets.Files;
using Hutch.Datasets.Pushes;
using Hutch.Datasets.Replication.Sites;
using Hutch.Datasets.Repositories;
using Hutch.Datasets.Versions;

namespace Hutch.Datasets;

/// <summary>Changes of files: single ones, moves, uploads in parts, and pushes.</summary>
public sealed class FileModule
{
    /// <param name="keyNames">Knows the named keys of git-annex; null without the door of git.</param>
    /// <param name="commits">Knows the commits of subdatasets; null without repositories.</param>
    /// <param name="claims">Knows the runs that commits claim; null without repositories.</param>
    public FileModule(
        ZoneServices zone, SiteServices site, AccessModule access, ReadingModule reading, RepositoryModule repositories,
        IKeyNames? keyNames, ISubdatasetCommits? commits, IClaimedRuns? claims, ISiteSigner signer, TimeProvider time)
    {
        Changes = new EntryChangeService(
            access.Rechecks, zone.Authorizer, site.Entries, site.Intake, site.Blobs.RecentBlobs, site.Lanes, site.Quotas, time)
        {
            Headers = new HeaderMetadata(site.Heads, site.Blobs, site.Metadata, site.Lifecycle),
        };
        Copies = new EntryCopyService(Changes, site.Entries, site.Blobs, site.Operations);
        Folders = new MarkedFolders(zone.Authorizer, Changes, site.Entries, site.Heads);
        Moves = new MoveService(zone.Authorizer, site.Records, site.Heads, site.HeadMover);
        Uploads = new UploadService(access.Rechecks, zone.Authorizer, site.Uploads, time);
        Pushes = new PushService(
            access.Rechecks, zone.Authorizer, site.Records, site.Heads, site.Pushes, site.Negotiation, site.ResumableUploads,
            site.PushCommits);
        Sent = new UnreferencedUploads(
            zone.Authorizer, site.Heads, site.Records, site.Pushes, repositories.ExpiredAnnexKeys, keyNames, time);
        Subdatasets = new SubdatasetService(repositories.KeptVersions, site.Heads, commits);
        Claims = new ClaimedRunService(repositories.KeptVersions, claims);
        Receipts = new ReceiptService(reading.Own.Entries, site.Heads, site.Blobs, site.Engine.SecureAsync, signer, time);
    }

    public EntryChangeService Changes { get; }

    /// <summary>Copies files without their bytes.</summary>
    public EntryCopyService Copies { get; }

    /// <summary>Folders that S3 clients made.</summary>
    public MarkedFolders Folders { get; }

    public MoveService Moves { get; }

    public UploadService Uploads { get; }

    public PushService Pushes { get; }

    public UnreferencedUploads Sent { get; }

    /// <summary>The datasets inside versions of datasets.</summary>
    public SubdatasetService Subdatasets { get; }

    /// <summary>The runs that commits of datasets claim.</summary>
    public ClaimedRunService Claims { get; }

    /// <summary>Signed proofs that the site stores files.</summary>
    public ReceiptService Receipts { get; }
}
