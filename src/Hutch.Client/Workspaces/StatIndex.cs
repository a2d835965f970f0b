using System.Collections.Concurrent;
using Hutch.Disk.Folders;
using Hutch.Model;

namespace Hutch.Client.Workspaces;

/// <summary>
/// Remembers (path, size, times, inode → hash) so that a file is read only when it changed. It is a cache: losing it costs time, never
/// data. Safe for use by several threads.
/// </summary>
internal sealed class StatIndex(TimeProvider time)
{
    private const string Format = "hutch-index";
    private const int Version = 1;

    private readonly ConcurrentDictionary<string, IndexRow> _rows = new(StringComparer.Ordinal);
    private readonly Lock _writing = new();
    private JsonLinesWriter<IndexRow>? _file;

    /// <summary>Reads the index of a working directory; an empty one when there is none or it is damaged.</summary>
    internal static StatIndex Load(string path, TimeProvider time)
    {
        var index = new StatIndex(time);
        var file = JsonLines.Read(path, WorkspaceJson.Default.FileHeader, WorkspaceJson.Default.IndexRow);
        if (file is not { Head: { Format: Format, Version: Version } })
        {
            return index;
        }

        foreach (IndexRow row in file.Value.Items)
        {
            index._rows[row.P] = row;
        }

        return index;
    }

    /// <summary>
    /// From now on what is remembered goes straight into the file, each path once, and not into memory: for who only writes. Until
    /// <see cref="Save"/> the file stays what it was.
    /// </summary>
    internal void WriteThrough(string path) => _file = Begin(path);

    /// <summary>Replaces the file. Nobody waits for the disk: what is lost is hashed again.</summary>
    internal void Save(string path)
    {
        using JsonLinesWriter<IndexRow> file = _file ?? Begin(path);
        _file = null;
        foreach (IndexRow row in _rows.Values)
        {
            file.Add(row);
        }

        file.Complete(durable: false);
    }

    private static JsonLinesWriter<IndexRow> Begin(string path) => JsonLinesWriter<IndexRow>.Begin(
        path, new FileHeader(Format, Version), WorkspaceJson.Default.FileHeader, WorkspaceJson.Default.IndexRow);

    /// <summary>The hash of a file, when it did not change since it was hashed.</summary>
    internal bool TryGet(string path, in FileStatus status, out BlobHash hash)
    {
        bool known = _rows.TryGetValue(path, out IndexRow? row) && row.Matches(status);
        hash = known ? row!.H : default;
        return known;
    }

    /// <summary>Whether a file is as we wrote it, its permissions included.</summary>
    internal bool IsAsWritten(string path, in FileStatus status) =>
        _rows.TryGetValue(path, out IndexRow? row) && row.T == long.MaxValue && row.Matches(status);

    /// <summary>Remembers the hash of a file as it was read at <paramref name="status"/>.</summary>
    internal void Set(string path, in FileStatus status, BlobHash hash) => Keep(new IndexRow(
        path, status.Size, status.ModifiedNanoseconds, status.ChangedNanoseconds, status.Inode, hash, Now()));

    /// <summary>
    /// Remembers a file that we have just written ourselves under a new inode: nobody else had it open, so its ticks need no waiting.
    /// </summary>
    internal void SetWritten(string path, in FileStatus status, BlobHash hash) => Keep(new IndexRow(
        path, status.Size, status.ModifiedNanoseconds, status.ChangedNanoseconds, status.Inode, hash, long.MaxValue));

    internal void Remove(string path) => _rows.TryRemove(path, out _);

    /// <summary>Removes the rows of all other paths.</summary>
    internal void Keep(IReadOnlySet<string> paths)
    {
        foreach (string path in _rows.Keys)
        {
            if (!paths.Contains(path))
            {
                _rows.TryRemove(path, out _);
            }
        }
    }

    private void Keep(IndexRow row)
    {
        if (_file is not { } file)
        {
            _rows[row.P] = row;
            return;
        }

        lock (_writing)
        {
            file.Add(row);
        }
    }

    private long Now() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
}

/// <summary>What is remembered of a file whose hash is known: one line of <c>.hutch/index</c>.</summary>
/// <param name="P">Path in the dataset.</param>
/// <param name="S">Size in bytes.</param>
/// <param name="M">Time of modification, nanoseconds since 1970.</param>
/// <param name="C">Time of the last change of the inode, nanoseconds since 1970.</param>
/// <param name="I">Inode.</param>
/// <param name="H">SHA-256 of the contents.</param>
/// <param name="T">When it was hashed, nanoseconds since 1970.</param>
internal sealed record IndexRow(string P, long S, long M, long C, ulong I, BlobHash H, long T)
{
    /// <summary>
    /// A file that was written within this time before it was hashed may be written once more without a visible change of its times:
    /// file systems count time in ticks (2 s on some). Such a row is not believed.
    /// </summary>
    private const long TickNanoseconds = 2_000_000_000;

    /// <summary>Whether the file still is what was hashed, as far as the file system can tell.</summary>
    internal bool Matches(in FileStatus status) =>
        status.Size == S && status.ModifiedNanoseconds == M && status.ChangedNanoseconds == C && status.Inode == I
            && Math.Max(M, C) < T - TickNanoseconds;
}
