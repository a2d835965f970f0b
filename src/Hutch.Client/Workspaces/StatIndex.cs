namespace Hutch.Client.Workspaces;

/// <summary>
/// Remembers (path, size, times, inode → hash) so that a file is read only when it changed: <c>.hutch/index</c>, in byte order of the
/// paths. It is a cache: losing it costs time, never data. New rows are in memory up to a limit, then in sorted runs next to the file, and
/// in the file once it is saved. Thread-safe.
/// </summary>
internal sealed class StatIndex : IDisposable
{
    private const string Format = "hutch-index";
    private const int Version = 2;
    private const int UnsortedVersion = 1;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, IndexRow> _new = new(StringComparer.Ordinal);
    private readonly List<Spool<IndexRow>> _runs = [];
    private readonly string _path;
    private readonly FolderHandle _temporary;
    private readonly int _held;
    private readonly TimeProvider _time;

    private StatIndex(string path, FolderHandle temporary, int held, TimeProvider time) =>
        (_path, _temporary, _held, _time) = (path, temporary, held, time);

    public void Dispose() => Clear();

    /// <summary>The index of a working directory. One in no order, as earlier versions wrote it, is sorted first.</summary>
    internal static StatIndex Open(string path, FolderHandle temporary, int held, TimeProvider time)
    {
        var index = new StatIndex(path, temporary, held, time);
        if (index.Head() == UnsortedVersion)
        {
            foreach (IndexRow row in IndexReader.Readable(path))
            {
                index.Set(row);
            }

            index.Save([]);
        }

        return index;
    }

    /// <summary>Opens the last saved rows, to be read in byte order of the paths.</summary>
    internal IndexReader Read() => new(Head() == Version ? IndexReader.Readable(_path) : []);

    /// <summary>Replaces the file if there are new rows. Without a sync: files of lost rows are hashed again.</summary>
    internal void Save()
    {
        if (_new.Count + _runs.Count > 0)
        {
            using IndexReader old = Read();
            Save(old.Rest());
        }
    }

    internal void Set(string path, in FileStatus status, BlobHash hash) => Set(Row(path, status, hash, Now()));

    /// <summary>
    /// Remembers a file just written under a new inode: no other process had it open, so its timestamps are reliable. On a disk with times
    /// of whole seconds alone a later change within them would not show: there it is as any other file.
    /// </summary>
    internal void SetWritten(string path, in FileStatus status, BlobHash hash) =>
        Set(Row(path, status, hash, IndexRow.HasFineTimes(status) ? IndexRow.Written : Now()));

    internal void Remove(string path) => Set(Row(path, default, null, 0));

    private static IndexRow Row(string path, in FileStatus status, BlobHash? hash, long time) => new(
        path, status.Size, status.ModifiedNanoseconds, status.ChangedNanoseconds, status.Inode, hash, time);

    private void Set(IndexRow row)
    {
        lock (_gate)
        {
            _new[row.P] = row;
            if (_new.Count >= _held)
            {
                Spool<IndexRow> run = SpoolFormat.Rows(_temporary, _held);
                _runs.Add(run);
                foreach (IndexRow sorted in Sorted())
                {
                    run.Add(sorted);
                }

                run.WriteOut();
                _new.Clear();
            }
        }
    }

    private int? Head() => JsonLines.Head(_path, WorkspaceJson.Default.FileHeader) is { Format: Format } head ? head.Version : null;

    private void Save(IEnumerable<IndexRow> old)
    {
        lock (_gate)
        {
            using var file = JsonLinesWriter<IndexRow>.Begin(
                _path, new FileHeader(Format, Version), WorkspaceJson.Default.FileHeader, WorkspaceJson.Default.IndexRow);
            foreach (IndexRow row in Merge([old, .. _runs.Select(r => r.Read()), Sorted()]).Where(r => r.H is not null))
            {
                file.Add(row);
            }

            file.Complete(durable: false);
            Clear();
        }
    }

    private IEnumerable<IndexRow> Sorted() => _new.Values.OrderBy(r => r.P, Utf8Order.Comparer);

    /// <summary>Sorted rows of several sources in one order; of one path the row of the last source.</summary>
    private static IEnumerable<IndexRow> Merge(IReadOnlyList<IEnumerable<IndexRow>> sources)
    {
        var heads = new PriorityQueue<IEnumerator<IndexRow>, (string Path, int Source)>(Comparer<(string Path, int Source)>.Create(
            (a, b) => Utf8Order.Compare(a.Path, b.Path) is not 0 and int order ? order : b.Source - a.Source));
        IEnumerator<IndexRow>[] readers = [.. sources.Select(s => s.GetEnumerator())];
        try
        {
            for (int i = 0; i < readers.Length; i++)
            {
                if (readers[i].MoveNext())
                {
                    heads.Enqueue(readers[i], (readers[i].Current.P, i));
                }
            }

            string? last = null;
            while (heads.TryDequeue(out IEnumerator<IndexRow>? first, out (string Path, int Source) head))
            {
                if (head.Path != last)
                {
                    yield return first.Current;
                }

                last = head.Path;
                if (first.MoveNext())
                {
                    heads.Enqueue(first, (first.Current.P, head.Source));
                }
            }
        }
        finally
        {
            Array.ForEach(readers, r => r.Dispose());
        }
    }

    private void Clear()
    {
        _runs.ForEach(r => r.Dispose());
        _runs.Clear();
        _new.Clear();
    }

    private long Now() => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
}

/// <param name="S">Size in bytes.</param>
/// <param name="M">Time of modification, nanoseconds since 1970.</param>
/// <param name="C">Time of the last change of the inode, nanoseconds since 1970.</param>
/// <param name="H">SHA-256 of the contents; null, which no file has, for a row to be removed.</param>
/// <param name="T">Time of the hashing, nanoseconds since 1970.</param>
internal sealed record IndexRow(string P, long S, long M, long C, ulong I, BlobHash? H, long T)
{
    /// <summary>The time of a file that we wrote ourselves.</summary>
    internal const long Written = long.MaxValue;

    /// <summary>
    /// A file that was written within this time before it was hashed may be written once more without a visible change of its times:
    /// file systems count time in ticks (2 s on some). Such a row is not believed.
    /// </summary>
    private const long TickNanoseconds = 2_000_000_000;

    /// <summary>Returns true if times of a file show that its disk counts more than seconds.</summary>
    internal static bool HasFineTimes(in FileStatus status) => status.ChangedNanoseconds % 1_000_000_000 != 0;

    /// <summary>True if the file, while it matches, is as this program wrote it, permissions included.</summary>
    internal bool IsWritten => T == Written;

    /// <summary>Returns true if the file is still the hashed one, by its status in the file system.</summary>
    internal bool Matches(in FileStatus status) =>
        status.Size == S && status.ModifiedNanoseconds == M && status.ChangedNanoseconds == C && status.Inode == I
            && Math.Max(M, C) < T - TickNanoseconds;
}
