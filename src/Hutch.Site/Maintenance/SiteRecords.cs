using Hutch.Catalog.Site;
using Hutch.Model;
using Microsoft.Extensions.Logging;

namespace Hutch.Site.Maintenance;

/// <summary>
/// Opens <c>site.db</c> and brings it up to date. It is a view of the journal: when it is damaged or gone, it is rebuilt from the
/// segments, without anybody's help; a damaged one is kept beside the new one.
/// </summary>
internal static partial class SiteRecords
{
    /// <summary>Up to this size the database is looked through at each start: it costs some ten milliseconds.</summary>
    private const long AlwaysCheckedBytes = 64 << 20;

    /// <returns>The database, and what the operator should know of its opening.</returns>
    public static async Task<(SiteDatabase Records, IReadOnlyList<SiteWarning> Warnings)> OpenAsync(
        IRecordsSource source, string folder, TimeProvider time, ILogger logger, CancellationToken ct)
    {
        var file = new RecordsFile(folder);
        bool isMissing = !file.Exists && source.HasRecords;
        try
        {
            SiteDatabase records = await OpenAsync(source, file, time, ct);
            if (isMissing)
            {
                LogMissing(logger, records.Writer.AppliedSequence);
            }

            return (records, isMissing ? Incomplete(source) : []);
        }
        catch (Exception e) when (SiteDatabase.IsDamage(e))
        {
            LogDamaged(logger, RecordsFile.Name + RecordsFile.DamagedSuffix, e);
            SiteDatabase records = await RebuildAsync(source, file, time, ct);
            LogRebuilt(logger, records.Writer.AppliedSequence);
            return (records, [Rebuilt(e), .. Incomplete(source)]);
        }
    }

    private static async Task<SiteDatabase> OpenAsync(IRecordsSource source, RecordsFile file, TimeProvider time, CancellationToken ct)
    {
        bool isChecked = file.Exists && (file.IsDoubted || file.Length <= AlwaysCheckedBytes);
        SiteDatabase records = await SiteDatabase.OpenAsync(file.Path, isChecked, time, ct);
        try
        {
            await source.CatchUpAsync(records, ct);
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
    /// Sets the damaged database aside and fills a new one. Where the segments alone are not enough, the old one is put back.
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

    private static IReadOnlyList<SiteWarning> Incomplete(IRecordsSource source) => source.HasDamage
        ?
        [
            new SiteWarning(
                "records-incomplete",
                "site.db was rebuilt from segments of which parts are damaged or lost: "
                    + "changes recorded only there are missing from it.",
                "Restore the segments from a backup; or stop the server and restore an earlier copy of site.db: "
                    + "the journal is then applied to it. Otherwise compare the datasets with their owners' copies."),
        ]
        : [];

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
