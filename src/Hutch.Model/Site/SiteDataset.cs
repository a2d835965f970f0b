using Hutch.Model.Records;

namespace Hutch.Model.Site;

/// <summary>
/// What the site knows of a dataset: its head and its state. Names and rights are the zone's; the copies here serve salvage.
/// </summary>
public sealed record SiteDataset
{
    /// <summary>The rule of datasets of which none was recorded.</summary>
    public const int FirstGitRule = 1;

    /// <summary>The rule of datasets that are made now.</summary>
    public const int NewestGitRule = 2;

    /// <summary>Short key inside this site: the sequence number of the record that created it.</summary>
    public required long Key { get; init; }

    /// <summary>The dataset's id.</summary>
    public required DatasetId Id { get; init; }

    /// <summary>The owner by the latest record.</summary>
    public required string Owner { get; init; }

    /// <summary>The slug by the latest record.</summary>
    public required string Slug { get; init; }

    /// <summary>The title that people see.</summary>
    public string? Title { get; init; }

    /// <summary>The dataset's type, such as <c>mx/rotation</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Original, derived or following.</summary>
    public required DatasetOrigin Origin { get; init; }

    /// <summary>Creation time, milliseconds since 1970.</summary>
    public required long Created { get; init; }

    /// <summary>The account that created it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>By which rule git is shown its files: fixed when it is made, as commits are cited.</summary>
    public int GitRule { get; init; } = FirstGitRule;

    /// <summary>The tree under the head; the overlay lies over it.</summary>
    public required TreeRoot Root { get; init; }

    /// <summary>
    /// Sequence number of the last record that changed the head, leaving out changes that lie over the tree: each has its own.
    /// </summary>
    public required long Changed { get; init; }

    /// <summary>Number of the newest snapshot; null when there is none.</summary>
    public long? Snapshot { get; init; }

    /// <summary>The highest snapshot number ever given: numbers are not used twice.</summary>
    public required long LastNumber { get; init; }

    /// <summary>When it was closed, milliseconds since 1970; null while open.</summary>
    public long? Closed { get; init; }

    /// <summary>When its bytes end by themselves; null for data that is kept.</summary>
    public long? Expires { get; init; }

    /// <summary>
    /// For how many days each file is kept after it was put, when that follows from a rule; <see cref="Expires"/> then moves on.
    /// </summary>
    public int? TransientDays { get; init; }

    /// <summary>What is copying its temporary bytes to where they last, or was when its server ended; null when nothing is.</summary>
    public Keeping? BeingKept { get; init; }

    /// <summary>What git brought, laid out as a bare repository; null when it brought nothing.</summary>
    public TreeRoot? Repository { get; init; }

    /// <summary>The facility's folder in which its files stay; null for a dataset whose bytes are stored here.</summary>
    public string? Folder { get; init; }

    /// <summary>What stays the same when that folder is renamed or moved; null where nothing does.</summary>
    public string? FolderIdentity { get; init; }

    /// <summary>The home of which this site has a copy; null where this site is the home.</summary>
    public CopyOrigin? Copy { get; init; }

    /// <summary>The promise to keep the copy until the home says otherwise; null for none.</summary>
    public CopyHold? Hold { get; init; }

    /// <summary>How far this site, as the home, is with giving up bytes that others hold; null where it has them and asks nobody.</summary>
    public Eviction? Eviction { get; init; }

    /// <summary>How this site gave up being the home for the last time; null where it never did.</summary>
    public HomeRelease? Release { get; init; }

    /// <summary>Whether this site has given up, and knows of no later home: it still gives out what it had accepted.</summary>
    public bool IsReleased => Copy is { } copy && Release is { } release && release.Epoch == copy.Epoch && release.History == copy.History;

    /// <summary>In which epoch this site became the home; null where it always was, or is not.</summary>
    public long? HomeSince { get; init; }

    /// <summary>Until when it can be restored from the trash; null when it is not there.</summary>
    public long? TrashedUntil { get; init; }

    /// <summary>
    /// Whether somebody at this site has restored its copy of what the home had deleted: it stays, until somebody here deletes it.
    /// </summary>
    public bool IsRestoredHere { get; init; }

    /// <summary>When its bytes ended; null while they are here.</summary>
    public long? Ended { get; init; }

    /// <summary>How its bytes ended: <c>expired</c>, <c>trash</c> or <c>purged</c>.</summary>
    public string? EndedWay { get; init; }

    /// <summary>The reason of the purge.</summary>
    public string? EndedReason { get; init; }
}
