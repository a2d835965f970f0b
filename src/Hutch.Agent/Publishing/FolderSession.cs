using Hutch.Agent.Retention;
using Hutch.Agent.Survey;
using Hutch.Agent.Watching;
using Hutch.Datasets.Facility;
using Hutch.Disk.Folders;
using Hutch.Model;

namespace Hutch.Agent.Publishing;

/// <summary>
/// What the agent remembers of a folder between looks. Who looks at the folder has it alone; <see cref="Status"/> anybody may read.
/// </summary>
internal sealed class FolderSession(FolderScanRequest request)
{
    private bool _mustBeginAnew;
    private PublishedFolder? _retained;
    private FacilityFolder _status = new(request.Folder, FacilityFolderState.Waiting);

    /// <summary>The folder and its rule.</summary>
    public FolderScanRequest Request => request;

    /// <summary>What people see of it at some moment.</summary>
    public FacilityFolder StatusAt(DateTimeOffset now) => Status with { BytesPerSecond = Growth.At(now) };

    /// <summary>Makes the next look begin anew.</summary>
    public void Remove()
    {
        MustBeginAnew = false;
        Published = null;
        Scan = null;
    }

    /// <summary>What its files were at the last look; null when the next look begins anew.</summary>
    public FolderScan? Scan { get; set; }

    /// <summary>The last look: how many files and bytes there are.</summary>
    public FolderScanResult? Result { get; set; }

    /// <summary>What was published, as long as the metadata file stays as it was; null when all has to be looked at again.</summary>
    public PublishedPlan? Published { get; set; }

    /// <summary>What retention is told of it; null when it is not published.</summary>
    public PublishedFolder? Retained
    {
        get => Volatile.Read(ref _retained);
        set => Volatile.Write(ref _retained, value);
    }

    /// <summary>Whether the folder is no longer as its dataset was when it was closed.</summary>
    public bool IsAnother { get; set; }

    /// <summary>Whether its files have been removed, or may be, as other sites hold them: that they lack is no change.</summary>
    public bool HaveFilesLeft { get; set; }

    /// <summary>Whether a file that the agent replaced may still be there, to be compared again.</summary>
    public bool MustSettle { get; set; } = true;

    /// <summary>When it was replaced.</summary>
    public DateTimeOffset ReplacedAt { get; set; }

    /// <summary>Whether the next look is to begin anew: an operator wants it. Anybody may set it.</summary>
    public bool MustBeginAnew
    {
        get => Volatile.Read(ref _mustBeginAnew);
        set => Volatile.Write(ref _mustBeginAnew, value);
    }

    /// <summary>Secrets for its block that could not be written yet; null for none.</summary>
    public UnwrittenSecrets? Unwritten { get; set; }

    /// <summary>How long to wait for the hashes that the end of acquisition needs; null while it does not wait for any.</summary>
    public HashBackoff? Hashing { get; set; }

    /// <summary>How many looks in a row have failed.</summary>
    public int Failures { get; set; }

    /// <summary>How fast it grows.</summary>
    public GrowthRate Growth { get; } = new();

    /// <summary>What people see of it.</summary>
    public FacilityFolder Status
    {
        get => Volatile.Read(ref _status);
        set => Volatile.Write(ref _status, value);
    }
}

/// <summary>What was made for the block of a dataset and is not there yet: nobody else has it.</summary>
/// <param name="Dataset">The dataset.</param>
internal sealed record UnwrittenSecrets(DatasetId Dataset)
{
    /// <summary>The address with the share link.</summary>
    public string? Link { get; init; }

    /// <summary>The address of the invite.</summary>
    public string? Invite { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"for {Dataset}";
}

/// <summary>A folder of which everything was published that its metadata file says.</summary>
/// <param name="Plan">The folder.</param>
/// <param name="Dataset">Its dataset.</param>
/// <param name="Since">When. It is relied upon for a while only: links end, and types of the site change.</param>
/// <param name="Duplicate">Another folder with its identity.</param>
/// <param name="Addresses">Addresses of the people whom the metadata file names.</param>
/// <param name="Notices">What an operator may want to know.</param>
internal sealed record PublishedPlan(
    FolderPlan Plan, DatasetId Dataset, DateTimeOffset Since, string? Duplicate, IReadOnlyList<string> Addresses,
    IReadOnlyList<string> Notices)
{
    private static readonly TimeSpan LongestTrust = TimeSpan.FromMinutes(10);

    /// <summary>Where the folder was before; null when it has not moved.</summary>
    public string? MovedFrom { get; init; }

    /// <summary>The plan as it is now; null when the metadata file is another, or this is too old.</summary>
    public FolderPlan? At(DateTimeOffset now)
    {
        using FolderHandle folder = FolderHandle.Open(Plan.Folder);
        bool isTrusted = now >= Since && now - Since < LongestTrust;
        return isTrusted && folder.Status(Plan.MetadataFile) is { } status && status.SameContents(Plan.Status)
            ? Plan with { IsRunning = folder.Status(Plan.Rule.Options.RunningFile) is not null }
            : null;
    }
}
