using Hutch.Model.Records;

namespace Hutch.Model.Site;

/// <summary>The head and state of a dataset at this site. Names and rights belong to the zone; the copies here serve salvage.</summary>
public sealed record SiteDataset
{
    /// <summary>The rule for datasets without a recorded rule.</summary>
    public const int FirstGitRule = 1;

    public const int NewestGitRule = 2;

    /// <summary>The short key inside this site: the sequence number of the record that created it.</summary>
    public required long Key { get; init; }

    public required DatasetId Id { get; init; }

    public required string Owner { get; init; }

    public required string Slug { get; init; }

    public string? Title { get; init; }

    public required string Type { get; init; }

    public required DatasetOrigin Origin { get; init; }

    /// <summary>The time of creation, in milliseconds since 1970.</summary>
    public required long Created { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>The version of the rule that maps its files to git; fixed at creation, because commits are cited.</summary>
    public int GitRule { get; init; } = FirstGitRule;

    /// <summary>The tree under the head's overlay.</summary>
    public required TreeRoot Root { get; init; }

    /// <summary>
    /// The sequence number of the last record that changed the head, except changes in the overlay: each has its own number.
    /// </summary>
    public required long Changed { get; init; }

    /// <summary>The number of the newest snapshot; null for none.</summary>
    public long? Snapshot { get; init; }

    /// <summary>The highest snapshot number so far: numbers are never reused.</summary>
    public required long LastNumber { get; init; }

    /// <summary>The time of closing, in milliseconds since 1970; null while open.</summary>
    public long? Closed { get; init; }

    /// <summary>The time when its bytes expire; null for permanent data.</summary>
    public long? Expires { get; init; }

    /// <summary>
    /// The number of days for which each file is retained after its upload, if a rule sets it; <see cref="Expires"/> then advances.
    /// </summary>
    public int? TransientDays { get; init; }

    /// <summary>The conversion to a permanent dataset that is in progress, or was when its server ended; null for none.</summary>
    public KeepOperation? BeingKept { get; init; }

    /// <summary>The repository that was pushed with git, laid out as a bare repository; null for none.</summary>
    public TreeRoot? Repository { get; init; }

    /// <summary>The facility's folder with its files; null for a dataset whose bytes are stored here.</summary>
    public string? Folder { get; init; }

    /// <summary>An identity of that folder that survives renames and moves; null if there is none.</summary>
    public string? FolderIdentity { get; init; }

    /// <summary>The home of this site's copy; null if this site is the home.</summary>
    public CopyOrigin? Copy { get; init; }

    public CopyHold? Hold { get; init; }

    /// <summary>The state of an eviction by this site as the home; null if it has all bytes and asks no site to hold them.</summary>
    public Eviction? Eviction { get; init; }

    /// <summary>The last release of the home by this site; null if it never released it.</summary>
    public HomeRelease? Release { get; init; }

    /// <summary>
    /// True if this site has released the home and knows of no later home. It still serves everything that it had accepted.
    /// </summary>
    public bool IsReleased => Copy is { } copy && Release is { } release && release.Epoch == copy.Epoch && release.History == copy.History;

    /// <summary>The epoch in which this site became the home; null if it always was the home, or is not.</summary>
    public long? HomeSince { get; init; }

    /// <summary>The end of the time in the trash; null if it is not in the trash.</summary>
    public long? TrashedUntil { get; init; }

    /// <summary>
    /// True if a user restored this site's copy after the home had deleted the dataset. It stays until a user deletes it here.
    /// </summary>
    public bool IsRestoredHere { get; init; }

    /// <summary>The time when its bytes ended; null while they are here.</summary>
    public long? Ended { get; init; }

    /// <summary>The way in which its bytes ended: <c>expired</c>, <c>trash</c> or <c>purged</c>.</summary>
    public string? EndedWay { get; init; }

    public string? EndedReason { get; init; }
}
