using System.Collections.Concurrent;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site.Committing;

namespace Hutch.Site.Heads;

/// <summary>
/// A number for the head of each dataset that grows with every change: the sequence number of the last record that changed it, or
/// for what has not changed since the start, that of the start.
/// </summary>
public sealed class HeadVersions
{
    private readonly ConcurrentDictionary<DatasetId, long> _changed = new();
    private readonly long _start;

    internal HeadVersions(Committer committer, long start)
    {
        _start = start;
        committer.Committed += Note;
    }

    public long Of(DatasetId dataset) => _changed.GetValueOrDefault(dataset, _start);

    private void Note(IReadOnlyList<JournalRecord> records)
    {
        foreach (JournalRecord record in records)
        {
            DatasetId? changed = record switch
            {
                JournalRecord.EntryPut put => put.Dataset,
                JournalRecord.EntryRemoved removed => removed.Dataset,
                JournalRecord.SnapshotTaken taken => taken.Dataset,
                JournalRecord.DatasetClosed closed => closed.Dataset,
                _ => null,
            };
            if (changed is { } dataset)
            {
                _changed[dataset] = record.Sequence;
            }
        }
    }
}
