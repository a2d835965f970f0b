using Hutch.Site.Maintenance;
using Hutch.Storage;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>
/// What lives, as far as a collection knows: what it marked, and what rows of the log that were appended meanwhile add or go by.
/// </summary>
/// <remarks>
/// By their fingerprints: some 30 bytes of memory for each living member. That a dead one has the fingerprint of one that lives is unlikely
/// even among a billion, and then it stays until its pack is rewritten for another reason.
/// </remarks>
internal sealed class LivingKeys(TouchedMembers touched)
{
    private readonly HashSet<ulong> _marks = [];

    public void Mark(MemberKey key) => _marks.Add(key.Fingerprint);

    public bool Contains(MemberKey key) => _marks.Contains(key.Fingerprint) || touched.Contains(key);

    /// <summary>Notes what a row says. Called for each row that is applied while the collection goes on.</summary>
    public void Note(LogDirectory directory)
    {
        touched.Note(directory.ReliedUpon);
        touched.Note(directory.Members.Select(static member => member.Key.Fingerprint));
        touched.Note(directory.Extents.Select(static extent => extent.Key.Fingerprint));
    }
}
