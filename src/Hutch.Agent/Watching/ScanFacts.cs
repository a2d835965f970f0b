namespace Hutch.Agent.Watching;

/// <summary>Facts about the files of a folder for a plan, which a dataset does not record. A scan counts them.</summary>
internal sealed class ScanFacts
{
    public const int MaxExamples = 5;

    // Smaller differences come from blocks, and from file systems that keep small contents in the inode.
    private const int SparseBytes = 64 << 10;
    private const long SecondNanoseconds = 1_000_000_000;

    private readonly HashSet<(ulong Device, ulong Inode)> _linked = [];
    private readonly List<string> _leadingOut = [];
    private bool _hasFractions;

    public long Files { get; private set; }

    /// <summary>Their sizes, those with several names once.</summary>
    public long Bytes { get; private set; }

    /// <summary>The names beyond the first of files that have several here (hard links).</summary>
    public long FurtherNames { get; private set; }

    public long SparseFiles { get; private set; }

    public long Links { get; private set; }

    public long LinksLeadingOut { get; private set; }

    /// <summary>The first of them, as absolute paths.</summary>
    public IReadOnlyList<string> LeadingOut => _leadingOut;

    /// <summary>The folder that is scanned.</summary>
    public string Folder { get; set; } = "/";

    /// <summary>True if no time of change has a fraction of a second: the file system keeps none.</summary>
    public bool HasCoarseTimes => Files > 0 && !_hasFractions;

    public void AddFile(in FileStatus status)
    {
        Files++;
        _hasFractions |= status.ChangedNanoseconds % SecondNanoseconds != 0;
        if (status.Links > 1 && !_linked.Add((status.Device, status.Inode)))
        {
            FurtherNames++;
            return;
        }

        Bytes += status.Size;
        SparseFiles += status.AllocatedBytes is { } allocated && status.Size - allocated >= SparseBytes ? 1 : 0;
    }

    /// <param name="path">Its path in the folder.</param>
    public void AddLink(string path, string target)
    {
        Links++;
        if (LeadsOut(path, target))
        {
            LinksLeadingOut++;
            if (_leadingOut.Count < MaxExamples)
            {
                _leadingOut.Add(Path.Combine(Folder, path));
            }
        }
    }

    /// <summary>Returns true for a target above the folder, or an absolute one: a copy of the folder has that nowhere.</summary>
    private static bool LeadsOut(string path, string target)
    {
        int depth = target.StartsWith('/') ? -1 : path.AsSpan().Count('/');
        foreach (string name in target.Split('/'))
        {
            if (depth < 0)
            {
                return true;
            }

            depth += name == ".." ? -1 : name is "" or "." ? 0 : 1;
        }

        return depth < 0;
    }
}
