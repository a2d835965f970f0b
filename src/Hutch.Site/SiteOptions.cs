using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Hutch.Site.Engines;
using Hutch.Site.Engines.Segments;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Fairness;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Folders;
using Hutch.Site.Write.Heads;
using Hutch.Site.Write.Pushes;

namespace Hutch.Site;

public sealed record SiteOptions : IValidatableObject
{
    /// <summary>The source of ids for uploads, pushes and jobs; a simulation provides its own.</summary>
    public Func<Guid> NewId { get; init; } = Guid.NewGuid;

    /// <summary>The engine for log and bytes; null for the segments of the data folder.</summary>
    [Browsable(false)]
    public ISiteEngineFactory? Engine { get; init; }

    /// <summary>The bucket for sealed segments; null to keep all of them in the data folder.</summary>
    [Browsable(false)]
    public ISegmentBucketFactory? Bucket { get; init; }

    /// <summary>
    /// The source of pages and blobs that are not stored here; null for a site that stores everything that its records name.
    /// </summary>
    [Browsable(false)]
    public IBlobOrigin? Origin { get; init; }

    /// <summary>
    /// The most by which answers may be older than their request, where several servers append to one log; zero for not at all.
    /// </summary>
    [Browsable(false)]
    public TimeSpan ReadsMayBeOld { get; init; }

    /// <summary>Waits for homes that this site is about to take over; null where there is no zone.</summary>
    [Browsable(false)]
    public HomeTakeoverWait? TakeOvers { get; init; }

    /// <summary>
    /// True if this server reads files in the facility's folders itself, where it has them and other servers run the same site. One that
    /// watches no folder leaves them alone: what its machine has under their names may be something else, or hang.
    /// </summary>
    [Browsable(false)]
    public bool ReadsFolders { get; init; } = true;

    /// <summary>Sizes of segments.</summary>
    public SegmentOptions Segments { get; init; } = new();

    /// <summary>Sizes of blobs, extents and buffers.</summary>
    public BlobOptions Blobs { get; init; } = new();

    /// <summary>The shares of large transfers in the machine.</summary>
    public FairnessOptions Work { get; init; } = new();

    /// <summary>Limits of the committer.</summary>
    public CommitterOptions Committer { get; init; } = new();

    /// <summary>Compaction of heads.</summary>
    public CompactionOptions Fold { get; init; } = new();

    /// <summary>Settings for hashing files in the facility's folders.</summary>
    public FolderOptions Folders { get; init; } = new();

    /// <summary>Limits of pushes.</summary>
    public PushOptions Pushes { get; init; } = new();

    /// <summary>The retention of data.</summary>
    public LifecycleOptions Lifecycle { get; init; } = new();

    /// <summary>Trust in the clock of the machine.</summary>
    public ClockOptions Clock { get; init; } = new();

    /// <summary>Compaction of segments.</summary>
    public CollectorOptions Collector { get; init; } = new();

    /// <summary>Scrub: reading all bytes again.</summary>
    public ScrubOptions Scrub { get; init; } = new();

    /// <summary>The options of a small site that has the records of another one, and reads everything else from there.</summary>
    public static SiteOptions ForReading(IBlobOrigin origin) => new()
    {
        Origin = origin,
        Lifecycle = new LifecycleOptions { TrashDays = 0 },
        Segments = new SegmentOptions { SegmentBytes = 16 << 20, ZeroAheadBytes = 64 << 10, ReserveAheadBytes = 0, MaxOpenFiles = 8 },
        Blobs = new BlobOptions { PayloadPoolBytes = 64 << 20 },
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        long least = 2 * Segments.SegmentBytes;
        if (Lifecycle.MaxTemporaryBytes > 0 && Lifecycle.MaxTemporaryBytes < least)
        {
            yield return new ValidationResult(
                $"'lifecycle.maxTemporaryBytes' is {Lifecycle.MaxTemporaryBytes}; it must be 0 for no limit, or at least {least}, "
                + "two segments (segments.segmentBytes), as temporary data go by whole segments.");
        }
    }
}
