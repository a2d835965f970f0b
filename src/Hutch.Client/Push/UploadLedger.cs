using System.Collections.Concurrent;
using Hutch.Model;

namespace Hutch.Client.Push;

/// <summary>Which bytes this push took care of already, and how much it sent. Safe for several threads.</summary>
internal sealed class UploadLedger(IReadOnlySet<BlobHash> onServer)
{
    private readonly ConcurrentDictionary<BlobHash, bool> _claimed = new();
    private long _files;
    private long _bytes;

    internal long Files => Interlocked.Read(ref _files);

    internal long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>True for the first who asks about bytes that the base does not have: it has to offer them.</summary>
    internal bool Claim(BlobHash hash) => !onServer.Contains(hash) && _claimed.TryAdd(hash, true);

    internal void Sent(long files, long bytes)
    {
        Interlocked.Add(ref _files, files);
        Interlocked.Add(ref _bytes, bytes);
    }
}
