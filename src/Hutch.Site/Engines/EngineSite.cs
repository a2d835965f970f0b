using Hutch.Catalog.Site;
using Hutch.Site.Blobs;
using Hutch.Site.Committing;
using Hutch.Site.Maintenance;

namespace Hutch.Site.Engines;

/// <summary>What the upkeep of an engine needs of the site that stands on it.</summary>
/// <param name="Committer">The site's one writer.</param>
/// <param name="Records">The view of the log.</param>
/// <param name="Checkpointer">Takes checkpoints, which stand in for the log before them.</param>
/// <param name="Touched">What commits rely upon while the collector runs.</param>
/// <param name="Blobs">The memory of payloads, and who may move large parts.</param>
/// <param name="Options">All options.</param>
/// <param name="Time">The clock.</param>
public sealed record EngineSite(
    Committer Committer,
    SiteDatabase Records,
    Checkpointer Checkpointer,
    TouchedMembers Touched,
    BlobStore Blobs,
    SiteOptions Options,
    TimeProvider Time);
