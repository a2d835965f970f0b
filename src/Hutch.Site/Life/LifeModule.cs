using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Life;

/// <summary>The life of datasets, and what is said of them: closing, keeping, ending, snapshots, settings and metadata.</summary>
internal sealed class LifeModule
{
    public LifeModule(
        Committer committer, SiteDatabase records, Tree tree, HeadCompactor compactor, PermanentCopier copies, SiteOptions options,
        TimeProvider time)
    {
        Lifecycle = new DatasetLifecycle(committer, records, compactor, options.Lifecycle, time);
        Kept = new ProtectedBytes();
        Keeper = new DatasetKeeper(committer, records, tree, copies, Kept, options.NewId, time);
        Snapshots = new Snapshots(committer, records, options.Lifecycle, time);
        Settings = new DatasetSettings(committer, records);
        Metadata = new MetadataDocuments(committer, records);
    }

    public DatasetLifecycle Lifecycle { get; }

    public ProtectedBytes Kept { get; }

    public DatasetKeeper Keeper { get; }

    public Snapshots Snapshots { get; }

    public DatasetSettings Settings { get; }

    public MetadataDocuments Metadata { get; }
}
