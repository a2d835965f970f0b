using Hutch.Site.Write.Blobs;

namespace Hutch.Site.Replication.Copies;

/// <summary>Reads pages that were offered, regardless of later offers.</summary>
public sealed class OfferedPages
{
    private readonly IReadOnlyDictionary<BlobHash, ReadOnlyMemory<byte>> _keys;
    private readonly IReadOnlyDictionary<BlobHash, ReadOnlyMemory<byte>> _formerKeys;
    private readonly PageStore _stored;

    internal OfferedPages(
        IReadOnlyDictionary<BlobHash, ReadOnlyMemory<byte>> keys, IReadOnlyDictionary<BlobHash, ReadOnlyMemory<byte>> formerKeys,
        PageStore stored) => (_keys, _formerKeys, _stored) = (keys, formerKeys, stored);

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(BlobHash page, CancellationToken ct) =>
        _keys.TryGetValue(page, out ReadOnlyMemory<byte> bytes) || _formerKeys.TryGetValue(page, out bytes)
            ? new(bytes)
            : _stored.ReadPageAsync(page, ct);
}
