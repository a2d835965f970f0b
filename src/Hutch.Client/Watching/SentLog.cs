using Hutch.Client.Workspaces;

namespace Hutch.Client.Watching;

/// <summary>
/// Remembers files that this folder sent and no longer has, so that a new file of the name may replace one: <c>.hutch/sent</c>, 48 bytes
/// for each, the half of the hash of its path and the hash of its bytes. Losing it costs a question to a person, never data. For one
/// thread.
/// </summary>
internal sealed class SentLog(Workspace workspace)
{
    private const string FileName = "sent";
    private const int PathBytes = 16;
    private const int RecordBytes = PathBytes + BlobHash.Size;
    private const int BufferRecords = 1024;

    internal void Add(IReadOnlyCollection<(string Path, BlobHash Hash)> files)
    {
        if (files.Count == 0)
        {
            return;
        }

        using SafeFileHandle log = workspace.Control.OpenOrCreateFile(FileName);
        long end = RandomAccess.GetLength(log) / RecordBytes * RecordBytes; // a cut record of an interrupted write is written over
        var record = new byte[RecordBytes];
        using var buffered = new MemoryStream();
        foreach ((string path, BlobHash hash) in files)
        {
            Write(record, path, hash);
            buffered.Write(record);
        }

        RandomAccess.Write(log, buffered.GetBuffer().AsSpan(0, (int)buffered.Length), end);
    }

    /// <summary>Returns true if this folder sent these bytes under this path.</summary>
    internal bool Has(string path, BlobHash hash)
    {
        using SafeFileHandle? log = workspace.Control.TryOpenFile(FileName);
        if (log is null)
        {
            return false;
        }

        Span<byte> wanted = stackalloc byte[RecordBytes];
        Write(wanted, path, hash);
        var buffer = new byte[RecordBytes * BufferRecords];
        for (long offset = 0; FolderHandle.Read(log, offset, buffer) is > 0 and int read; offset += buffer.Length)
        {
            for (int at = 0; at + RecordBytes <= read; at += RecordBytes)
            {
                if (buffer.AsSpan(at, RecordBytes).SequenceEqual(wanted))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static void Write(Span<byte> record, string path, BlobHash hash)
    {
        Span<byte> digest = stackalloc byte[BlobHash.Size];
        SHA256.HashData(Encoding.UTF8.GetBytes(path), digest);
        digest[..PathBytes].CopyTo(record);
        hash.CopyTo(record[PathBytes..]);
    }
}
