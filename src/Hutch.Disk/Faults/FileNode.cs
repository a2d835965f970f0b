namespace Hutch.Disk.Faults;

/// <summary>The bytes of a file, independent of its names: as readers see them, as they are durable, and the pending changes.</summary>
internal sealed class FileNode
{
    private SparseBytes _durable = new();

    /// <summary>The name it has now, or had last: what its calls are reported under.</summary>
    public required string Path { get; set; }

    // After a failed sync the system believes pages clean that never reached the disk: a later sync writes only what changed since.
    private bool _hasLostWrites;

    public SparseBytes Seen { get; private set; } = new();

    public List<FileChange> Pending { get; } = [];

    /// <summary>Bytes whose space is taken: the length up to which it was written or allocated.</summary>
    public long Taken { get; set; }

    public bool HasPending => Pending.Count > 0;

    public void Change(FileChange change)
    {
        change.ApplyTo(Seen);
        Pending.Add(change);
    }

    public void Sync()
    {
        if (!HasPending)
        {
            return;
        }

        if (_hasLostWrites)
        {
            Pending.ForEach(change => change.ApplyTo(_durable));
        }
        else
        {
            _durable = Seen.Copy();
        }

        Pending.Clear();
    }

    /// <summary>
    /// A sync that failed: some of the pending reaches the disk, all of it counts as clean, readers see it until the cache is dropped.
    /// </summary>
    public void FailSync(Func<bool> survives)
    {
        Pending.ForEach(change => change.ApplySurvivors(_durable, survives));
        Pending.Clear();
        _hasLostWrites = true;
    }

    /// <summary>Makes readers see the disk's bytes again. Only for files without pending changes.</summary>
    public void DropCache()
    {
        if (!HasPending)
        {
            Seen = _durable.Copy();
            _hasLostWrites = false;
        }
    }

    /// <summary>Returns the file after a power cut.</summary>
    public FileNode AfterCrash(Func<FileChange, Func<bool>> survival)
    {
        SparseBytes left = _durable.Copy();
        foreach (FileChange change in Pending)
        {
            change.ApplySurvivors(left, survival(change));
        }

        return new FileNode { Path = Path, _durable = left, Seen = left.Copy(), Taken = left.Length };
    }

    public void FlipBit(long offset, int bit)
    {
        foreach (SparseBytes content in (ReadOnlySpan<SparseBytes>)[_durable, Seen])
        {
            var one = new byte[1];
            if (content.Read(one, offset) == 1)
            {
                one[0] ^= (byte)(1 << bit);
                content.Write(one, offset);
            }
        }
    }
}
