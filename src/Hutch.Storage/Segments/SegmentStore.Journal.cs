using System.Runtime.CompilerServices;

namespace Hutch.Storage.Segments;

public sealed partial class SegmentStore
{
    /// <summary>
    /// The records after a sequence number, over all segments, in the order of their numbers and each number once: where compaction has
    /// copied records and the original is still there, the newer copy is taken. Records appended while this runs may or may not come.
    /// </summary>
    /// <remarks>
    /// A journal member that is damaged is a <see cref="QuarantinedException"/>: what comes after it would be wrong without it.
    /// Memory: the journal members that overlap, which outside compaction is one.
    /// </remarks>
    public async IAsyncEnumerable<JournalGroup> ReadJournalAsync(
        long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var reader = new JournalReader(this, JournalSources(afterSequence), afterSequence);
        foreach (JournalGroup group in reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return group;
        }
    }

    /// <summary>
    /// Records that the journal has lost its end if it is shorter than the records made from it: the newest segment was cut while it was
    /// open, which looks like an unacknowledged group.
    /// </summary>
    public void RequireRecords(long through)
    {
        Segment? newest = Array.Find(Volatile.Read(ref _segments), static segment => segment.Lane == Lane.Main);
        long last = Volatile.Read(ref _segments).Max(static segment => (long?)segment.Totals.LastSequence) ?? 0;
        if (through <= last)
        {
            return;
        }

        NoteIncomplete(new DamagedRange(
            newest?.Number ?? 0, newest?.GroupsEnd ?? 0, 0,
            $"the journal ends at record {last}, but site.db has records up to {through}: what was stored with them may be missing"));
        if (newest?.Seal is { } seal)
        {
            _manifest.Set(seal.Name, new ManifestLine(seal, SealStatus.Damaged));
            _manifest.Save();
        }
    }

    private List<JournalSource> JournalSources(long afterSequence)
    {
        var sources = new List<JournalSource>();
        foreach (Segment segment in Volatile.Read(ref _segments))
        {
            if (segment.Totals.LastSequence > afterSequence)
            {
                sources.Add(new JournalSource(segment, segment.Totals.FirstSequence, () => JournalEntries(segment, afterSequence)));
            }
        }

        return sources;
    }

    private IEnumerable<Format.IndexEntry> JournalEntries(Segment segment, long afterSequence) =>
        EntriesLazily(segment).TakeWhile(static entry => entry.Key.Kind == MemberKind.Journal)
            .Where(entry => entry.Key.LastSequence > afterSequence);

    private IEnumerable<Format.IndexEntry> EntriesLazily(Segment segment)
    {
        IEnumerator<Format.IndexEntry> entries = segment.Index.Entries().GetEnumerator();
        long taken = 0;
        bool damaged = false;
        while (true)
        {
            try
            {
                if (!entries.MoveNext())
                {
                    yield break;
                }
            }
            catch (DamagedIndexException)
            {
                damaged = true;
            }

            if (damaged)
            {
                break;
            }

            taken++;
            yield return entries.Current;
        }

        // The order is the same, so the rebuilt index continues where the damaged one ended.
        foreach (Format.IndexEntry entry in RebuildIndex(segment).Sorted().Skip((int)taken))
        {
            yield return entry;
        }
    }

    internal byte[] ReadJournalBody(Segment segment, Format.IndexEntry entry)
    {
        var body = new byte[entry.Length];
        MemberLocation location = segment.Locate(entry);
        Segment required = Require(location);
        ReadBody(required, required.File.Acquire(), location, body, inPassing: false);
        return body;
    }
}
