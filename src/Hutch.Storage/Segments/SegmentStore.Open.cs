namespace Hutch.Storage.Segments;

public sealed partial class SegmentStore
{
    private static (SegmentStore Store, RecoveryReport Report) Open(
        IDisk disk, string folder, SegmentOptions options, long lastNumber, TimeProvider time, CancellationToken cancellationToken)
    {
        CreateFolder(disk, folder);
        var store = new SegmentStore(disk, folder, options, time);
        store._quarantine.Load();
        store._manifest.Load();
        var recovery = new SegmentRecovery(disk, folder, options.StoreId, store._files, store._manifest);
        recovery.Run(cancellationToken);
        store._lastNumber = Math.Max(recovery.LastNumber, lastNumber);
        store._segments = [.. recovery.Segments.OrderByDescending(static s => s.Number)];
        HashSet<long> numbers = [.. recovery.Segments.Select(static s => s.Number)];
        store._quarantine.Forget(number => !numbers.Contains(number));
        store._quarantine.Add(recovery.Quarantined);
        store._manifest.Compare(recovery.Segments.Select(static s => Path.GetFileName(s.File.Path)));
        store._manifest.Save();
        foreach (DamagedRange range in recovery.Incomplete)
        {
            store.NoteIncomplete(range);
        }

        return (store, recovery.Report(store._manifest.Missed));
    }

    private static void CreateFolder(IDisk disk, string folder)
    {
        disk.CreateFolder(folder);
        if (Path.GetDirectoryName(folder) is { Length: > 0 } parent)
        {
            disk.SyncFolder(parent);
        }
    }
}
