using Hutch.Agent.Retention;
using Hutch.Agent.Survey;
using Hutch.Agent.Watching;
using Hutch.Model.Zone;

namespace Hutch.Agent.Publishing;

/// <summary>The agent's memory of a folder between scans, for one scan at a time; <see cref="Status"/> is open to any thread.</summary>
internal sealed class FolderSession(FolderScanRequest request)
{
    private bool _mustBeginAnew;
    private PublishedFolder? _retained;
    private FacilityFolder _status = new(request.Folder, FacilityFolderState.Waiting);

    public FolderScanRequest Request => request;

    public FacilityFolder StatusAt(DateTimeOffset now) => Status with
    {
        BytesPerSecond = Growth.At(now),
        HashedPerSecond = Hashed.At(now),
    };

    /// <summary>Makes the next look begin anew.</summary>
    public void Remove()
    {
        MustBeginAnew = false;
        Published = null;
        Scan = null;
    }

    /// <summary>The files at the last scan; null when the next scan starts from scratch.</summary>
    public FolderScan? Scan { get; set; }

    /// <summary>Forgets the files of the last scan, as there may be millions. The next scan compares with the dataset.</summary>
    public void Forget()
    {
        Scan = null;
        Result = Result is null ? null : Result with { Changes = [], Directories = [] };
    }

    /// <summary>For an adopted folder: the time of its next scan, since the clock began; null when it is due.</summary>
    public TimeSpan? ScanAt { get; set; }

    /// <summary>The last look: how many files and bytes there are.</summary>
    public FolderScanResult? Result { get; set; }

    /// <summary>The published state, valid while the metadata file is unchanged; null when everything must be examined again.</summary>
    public PublishedPlan? Published { get; set; }

    /// <summary>The folder as retention sees it; null when it is not published.</summary>
    public PublishedFolder? Retained
    {
        get => Volatile.Read(ref _retained);
        set => Volatile.Write(ref _retained, value);
    }

    /// <summary>The visit of the dataset, if it has ended: the dataset keeps what was in the folder then.</summary>
    public VisitRecord? Ended { get; set; }

    /// <summary>The dead keys of a dataset in an adopted store; null before its first scan.</summary>
    public DeadKeyList? Dead { get; set; }

    /// <summary>The keys of an adopted store that have other bytes than they say, as a sentence. Null for none.</summary>
    public string? Damage { get; set; }

    /// <summary>True if the folder has changed since its dataset was closed, or since the visit of the dataset ended.</summary>
    public bool IsAnother { get; set; }

    /// <summary>True if its files have been or may be removed because other sites hold them: missing files are then no change.</summary>
    public bool HaveFilesLeft { get; set; }

    /// <summary>True if a file that the agent replaced may still exist and needs another comparison.</summary>
    public bool MustSettle { get; set; } = true;

    public DateTimeOffset ReplacedAt { get; set; }

    /// <summary>True if the next scan starts from scratch, at an operator's request. Any thread may set it.</summary>
    public bool MustBeginAnew
    {
        get => Volatile.Read(ref _mustBeginAnew);
        set => Volatile.Write(ref _mustBeginAnew, value);
    }

    /// <summary>Secrets for its block that could not be written yet; null for none.</summary>
    public UnwrittenSecrets? Unwritten { get; set; }

    /// <summary>The delay while the end of acquisition needs hashes; null when it does not wait for any.</summary>
    public HashBackoff? Hashing { get; set; }

    public int Failures { get; set; }

    public GrowthRate Growth { get; } = new();

    /// <summary>The rate at which its files are hashed; only an adopted folder has samples.</summary>
    public GrowthRate Hashed { get; } = new();

    public FacilityFolder Status
    {
        get => Volatile.Read(ref _status);
        set => Volatile.Write(ref _status, value);
    }
}

/// <summary>The secrets for the block of a dataset that are not written yet: there is no other copy.</summary>
internal sealed record UnwrittenSecrets(DatasetId Dataset)
{
    public string? Link { get; init; }

    public string? Invite { get; init; }

    public override string ToString() => $"for {Dataset}";
}

/// <param name="Since">The time of publication. It is relied upon only for a while: links end, and types of the site change.</param>
internal sealed record PublishedPlan(
    FolderPlan Plan, DatasetId Dataset, DateTimeOffset Since, string? Duplicate, IReadOnlyList<string> Addresses,
    IReadOnlyList<string> Notices)
{
    private static readonly TimeSpan LongestTrust = TimeSpan.FromMinutes(10);

    /// <summary>The earlier path of the folder; null when it has not moved.</summary>
    public string? MovedFrom { get; init; }

    /// <summary>The plan as it is now; null when the metadata file is another, or this is too old.</summary>
    public FolderPlan? At(DateTimeOffset now)
    {
        using FolderHandle folder = FolderHandle.Open(Plan.Folder);
        bool isTrusted = now >= Since && now - Since < LongestTrust;
        return isTrusted && folder.Status(Plan.MetadataFile) is { } status && status.SameContents(Plan.Status)
            && IsSame(Plan.Rule.Options.Block.File is { } beside ? folder.Status(beside) : null, Plan.BesideStatus)
            ? Plan with { IsRunning = folder.Status(Plan.Rule.Options.RunningFile) is not null }
            : null;
    }

    private static bool IsSame(FileStatus? now, FileStatus? before) =>
        now is { } one && before is { } other ? one.SameContents(other) : now is null && before is null;
}
