using Hutch.Site.Write.Blobs;

namespace Hutch.Site.Life.Maintenance;

/// <summary>
/// Opens <c>site.db</c> and brings it up to date. It is a view of the journal: when it is damaged or gone, it is rebuilt automatically from
/// the segments; a damaged one is kept next to the new one.
/// </summary>
internal static partial class SiteRecords
{
    /// <summary>The largest database that is checked at each start, which takes about ten milliseconds.</summary>
    private const long AlwaysCheckedBytes = 64 << 20;

    public static async Task<(SiteDatabase Records, SiteWarning? Warning)> OpenAsync(
        IRecordsSource source, RecordsFile file, TimeProvider time, ILogger logger, CancellationToken ct)
    {
        bool isMissing = !file.Exists && source.HasRecords;
        try
        {
            SiteDatabase records = await OpenAsync(source, file, time, ct);
            if (isMissing)
            {
                LogMissing(logger, records.Writer.AppliedSequence);
            }

            return (records, null);
        }
        catch (Exception e) when (SiteDatabase.IsDamage(e))
        {
            LogDamaged(logger, RecordsFile.Name + RecordsFile.DamagedSuffix, e);
            SiteDatabase records = await RebuildAsync(source, file, time, ct);
            LogRebuilt(logger, records.Writer.AppliedSequence);
            return (records, Rebuilt(e));
        }
    }

    private static async Task<SiteDatabase> OpenAsync(IRecordsSource source, RecordsFile file, TimeProvider time, CancellationToken ct)
    {
        bool isChecked = file.Exists && (file.IsSuspect || file.Length <= AlwaysCheckedBytes);
        SiteDatabase records = await SiteDatabase.OpenAsync(file.Path, isChecked, time, ct);
        try
        {
            bool isAnew = records.Writer.AppliedSequence == 0 && source.HasRecords;
            if (isAnew && source.HasDamage)
            {
                // Before it holds anything: a stop half-way must not leave it looking complete.
                file.NoteRebuilt(isIncomplete: true);
            }

            await source.CatchUpAsync(records, ct);
            if (isAnew)
            {
                file.NoteRebuilt(source.HasDamage);
            }

            file.Trust();
            return records;
        }
        catch
        {
            await records.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Sets the damaged database aside and fills a new one. If the segments alone do not suffice, it restores the old one.
    /// </summary>
    private static async Task<SiteDatabase> RebuildAsync(IRecordsSource source, RecordsFile file, TimeProvider time, CancellationToken ct)
    {
        file.SetAside(RecordsFile.DamagedSuffix);
        try
        {
            return await OpenAsync(source, file, time, ct);
        }
        catch (HutchException)
        {
            file.PutBack(RecordsFile.DamagedSuffix);
            throw;
        }
    }

    private static SiteWarning Rebuilt(Exception damage) => new(
        "records-rebuilt",
        $"site.db was damaged ({damage.Message.TrimEnd('.')}) and was rebuilt from the segments at startup; "
            + $"the damaged file is kept as {RecordsFile.Name}{RecordsFile.DamagedSuffix}.",
        "Nothing was lost. Check the disk: what damaged this file may damage others. "
            + "Delete the kept file when you no longer need it.");

    public static SiteWarning Incomplete { get; } = new(
        "records-incomplete",
        "site.db was rebuilt from segments of which parts are damaged or lost: changes recorded only there are missing from it. "
            + "No stored data is removed, as it may belong to what is missing.",
        "Restore the segments from a backup and run `hutch rebuild`; or stop the server and restore an earlier copy of site.db: the "
            + "journal is then applied to it. Otherwise compare the datasets with their owners' copies. In the end remove the file "
            + $"{RecordsFile.Name}{RecordsFile.IncompleteSuffix}.");

    public static SiteWarning DanglingWarning(DanglingReference blob) => new(
        "records-doubtful",
        $"Dataset {blob.Dataset} names the bytes {blob.Hash}, which are not stored, and no part of the store is known to be missing: "
            + "site.db may be damaged. Until it is made anew, no stored data is removed, not even for a purge.",
        "Stop the server, run `hutch rebuild`, which makes site.db anew from the segments, and check the disk. If the bytes are not found "
            + "afterwards either, bring them back from a backup or another copy.");

    [LoggerMessage(
        EventId = 3301, Level = LogLevel.Warning,
        Message = "site.db was missing; it was rebuilt from the segments, up to record {Sequence}")]
    private static partial void LogMissing(ILogger logger, long sequence);

    [LoggerMessage(
        EventId = 3302, Level = LogLevel.Error, Message = "site.db is damaged: it is kept as {Name} and rebuilt from the segments")]
    private static partial void LogDamaged(ILogger logger, string name, Exception exception);

    [LoggerMessage(EventId = 3303, Level = LogLevel.Warning, Message = "site.db was rebuilt, up to record {Sequence}")]
    private static partial void LogRebuilt(ILogger logger, long sequence);
}
