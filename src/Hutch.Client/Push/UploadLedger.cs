using System.Buffers.Binary;
using Hutch.Client.Transfers;

namespace Hutch.Client.Push;

/// <summary>
/// Records the bytes that the server has or this push takes care of, and how much it sent. Keeps half of each hash. Thread-safe.
/// </summary>
internal sealed class UploadLedger
{
    private readonly Lock _gate = new();
    private readonly HashSet<UInt128> _claimed = [];
    private readonly HashSet<long> _largeSizes = [];
    private long _files;
    private long _bytes;

    internal long Files => Interlocked.Read(ref _files);

    internal long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Notes an entry of the base: its bytes need not be sent.</summary>
    internal void AddBase(EntryInfo entry)
    {
        if (entry is { Kind: EntryKinds.File, Hash: { } hash })
        {
            Claim(hash);
            if (entry.Size > TransferLimits.SmallFileBytes)
            {
                _largeSizes.Add(entry.Size.Value);
            }
        }
    }

    /// <summary>Forgets the bytes that the server was believed to have; sent bytes still count.</summary>
    internal void Clear()
    {
        lock (_gate)
        {
            _claimed.Clear();
        }

        _largeSizes.Clear();
    }

    /// <summary>Returns true if the base has a file of this size, which is above <see cref="TransferLimits.SmallFileBytes"/>.</summary>
    internal bool HasLargeSize(long size) => _largeSizes.Contains(size);

    /// <summary>Returns true to the first caller for bytes that the base does not have: that caller must offer them.</summary>
    internal bool Claim(BlobHash hash)
    {
        lock (_gate)
        {
            return _claimed.Add(Half(hash));
        }
    }

    /// <summary>Returns true if the base has these bytes, or a caller offers them.</summary>
    internal bool Has(BlobHash hash)
    {
        lock (_gate)
        {
            return _claimed.Contains(Half(hash));
        }
    }

    internal void Sent(long files, long bytes)
    {
        Interlocked.Add(ref _files, files);
        Interlocked.Add(ref _bytes, bytes);
    }

    private static UInt128 Half(BlobHash hash)
    {
        Span<byte> bytes = stackalloc byte[BlobHash.Size];
        hash.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
