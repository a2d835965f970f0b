namespace Hutch.Catalog.Site;

public sealed partial class SiteWriter
{
    private void AddEvent(JournalRecord record, ReadOnlySpan<byte> line)
    {
        if (EventOf(record) is not (string kind, var dataset))
        {
            return;
        }

        Run(
            "INSERT INTO events (sequence, time, kind, dataset, data) VALUES ($1, $2, $3, $4, $5)",
            record.Sequence, record.Time, kind, dataset is DatasetId id ? Key(id) : null, Encoding.UTF8.GetString(line));
    }

    /// <summary>Returns the kind of the event for a record; null for records of the store's own affairs.</summary>
    public static string? KindOf(JournalRecord record) => EventOf(record)?.Kind;

    private static (string Kind, DatasetId? Dataset)? EventOf(JournalRecord record) => record switch
    {
        JournalRecord.EntryPut r => ("entry.put", r.Dataset),
        JournalRecord.EntryRemoved r => ("entry.removed", r.Dataset),
        JournalRecord.ResultRow r => ("result.row", r.Dataset),
        JournalRecord.SnapshotTaken r => ("snapshot.taken", r.Dataset),
        JournalRecord.SnapshotDropped r => ("snapshot.dropped", r.Dataset),
        JournalRecord.TagSet r => ("tag.set", r.Dataset),
        JournalRecord.TagRemoved r => ("tag.removed", r.Dataset),
        JournalRecord.DatasetCreated r => ("dataset.created", r.Dataset),
        JournalRecord.DatasetDescribed r => ("dataset.described", r.Dataset),
        JournalRecord.DatasetClosed r => ("dataset.closed", r.Dataset),
        JournalRecord.DatasetTrashed r => ("dataset.trashed", r.Dataset),
        JournalRecord.DatasetRestored r => ("dataset.restored", r.Dataset),
        JournalRecord.DatasetEnded r => ("dataset.ended", r.Dataset),
        JournalRecord.MetadataSet r => ("metadata.set", r.Dataset),
        JournalRecord.RetentionTold r => ("retention.told", r.Dataset),
        JournalRecord.KeysDropped r => ("keys.dropped", r.Dataset),
        JournalRecord.RunStarted r => ("run.started", r.Inputs.Count > 0 ? r.Inputs[0].Dataset : null),
        JournalRecord.RunFinished => ("run.finished", null),
        JournalRecord.RunCompared r => ("run.compared", r.Dataset),
        JournalRecord.MessagePublished => ("message.published", null),
        JournalRecord.TemporaryDropped => ("temporary.dropped", null),
        _ => null,
    };
}
