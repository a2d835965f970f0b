using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Synthesis;

/// <summary>The git ids of blobs whose content is in git, so that they are read once and not for every version. Thread-safe.</summary>
internal sealed class BlobIds
{
    private const int MaxKept = 200_000;

    private readonly LruCache<BlobHash, ObjectId> _ids = new(MaxKept, long.MaxValue, static _ => 0);

    public ObjectId? Find(BlobHash hash) => _ids.TryFind(hash, out ObjectId id) ? id : null;

    public void Set(BlobHash hash, ObjectId id) => _ids.Set(hash, id);
}
