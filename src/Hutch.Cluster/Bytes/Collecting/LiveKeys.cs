namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>The living members known to a collection: those it marked, and those that rows appended since then add or rely on.</summary>
/// <remarks>
/// Stores fingerprints, which take some 30 bytes of memory for each living member. A dead member is unlikely to share a fingerprint with a
/// living one even among a billion. Such a member stays until its pack is rewritten for another reason.
/// </remarks>
internal sealed class LiveKeys(GcWriteBarrier barrier)
{
    private readonly HashSet<ulong> _marks = [];

    public void Mark(MemberKey key) => _marks.Add(key.Fingerprint);

    public bool Contains(MemberKey key) => _marks.Contains(key.Fingerprint) || barrier.Contains(key);

    /// <summary>Notes the directory of a row. Called for each row that is applied during the collection.</summary>
    public void Add(LogDirectory directory)
    {
        barrier.Add(directory.ReliedUpon);
        barrier.Add(directory.Members.Select(static member => member.Key.Fingerprint));
        barrier.Add(directory.Extents.Select(static extent => extent.Key.Fingerprint));
    }
}
