using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Blobs;

/// <summary>
/// Complete bytes that wait for a record that names them: a small blob in memory, or the extents of a large one, durable but unnamed.
/// Disposing it without a commit leaves garbage that is collected, never visible bytes.
/// </summary>
public sealed class ReceivedBlob : IDisposable
{
    private readonly PayloadBuffer? _buffer;
    private readonly Lane _lane;
    private readonly uint? _crc32C;
    private readonly RecentBlob? _awaited;
    private readonly bool _isShared;
    private IDisposable? _operation;
    private bool _isStored;

    private ReceivedBlob(
        BlobHash hash, long size, PayloadBuffer? buffer, Lane lane, uint? crc32C, JournalRecord.BlobAssembled? assembled,
        RecentBlob? awaited)
    {
        _awaited = awaited;
        _isShared = buffer is not null && awaited is not null && awaited.TryShare(buffer, (int)size);
        _crc32C = crc32C;
        Hash = hash;
        Size = size;
        _buffer = buffer;
        _lane = lane;
        Assembled = assembled;
        awaited?.Complete(hash);
    }

    public BlobHash Hash { get; }

    public long Size { get; }

    /// <summary>For a large blob: the record that makes a blob of its extents; to be emitted with the record that names it.</summary>
    public JournalRecord.BlobAssembled? Assembled { get; }

    /// <summary>True if the bytes expire, so that nothing that lasts may name them.</summary>
    public bool IsTransient => Assembled is null ? _lane.IsTransient : Assembled.ExpiresMilliseconds is not null;

    /// <summary>The members that the commit writes: the small blob, or none.</summary>
    public IReadOnlyList<StagedMember> Members =>
        Assembled is not null
            ? []
            : [new StagedMember(MemberKey.Blob(Hash), _buffer is null ? default : _buffer.Memory[..(int)Size], _lane, Crc32C: _crc32C)];

    internal static ReceivedBlob Small(
        BlobHash hash, int size, PayloadBuffer? buffer, Lane lane, uint? crc32C = null, RecentBlob? awaited = null) =>
        new(hash, size, buffer, lane, crc32C, null, awaited);

    internal static ReceivedBlob Large(JournalRecord.BlobAssembled assembled, RecentBlob? awaited = null) =>
        new(assembled.Hash, assembled.Size, null, Lane.Bulk, null, assembled, awaited);

    internal void Hold(IDisposable operation) => _operation = operation;

    /// <summary>Records that a record names it: waiting readers may take it from memory, even after this is disposed.</summary>
    internal void NoteStored() => _isStored = true;

    /// <summary>
    /// Gives the memory back, or leaves it to readers that wait for a stored blob. Call it after the commit, or instead of it.
    /// </summary>
    public void Dispose()
    {
        if (!_isStored)
        {
            _awaited?.Reclaim();
        }

        if (_isShared)
        {
            _awaited!.Leave();
        }
        else
        {
            _buffer?.Dispose();
        }

        _operation?.Dispose();
    }
}
