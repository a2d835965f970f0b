using Hutch.Cluster.Bytes;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Cluster.Servers;

namespace Hutch.Cluster.Backups;

/// <summary>
/// Copies the site into segments of a backup: packs as they are, extents joined, and the rows that are in no pack. If objects are condemned
/// in the meantime, the moment of the backup moves on, so that no object of that moment is missing; what was copied is reused.
/// </summary>
internal sealed class ObjectBackup(LogExport log, ObjectBytes bytes, PackSource source) : IStoredObjects
{
    /// <summary>Each attempt copies only what the one before lacks, so that a few suffice.</summary>
    private const int MaxAttempts = 20;

    public string Site => log.Site.ToString("N");

    public async Task<Result<ObjectCopies>> CopyAsync(ObjectCopying wanted, Action<double> progress, CancellationToken ct)
    {
        try
        {
            if (wanted.Newest is { } newest && !await log.HasAsync(newest.Until, ct))
            {
                return ErrorCode.Conflict.With(
                    "The newest backup in that folder has records that the database does not have: PostgreSQL was restored to an earlier "
                    + "state. Use another backup folder: the numbers of its segments repeat.");
            }

            for (int attempt = 0; attempt < MaxAttempts; attempt++)
            {
                if (await TryCopyAsync(wanted, progress, ct) is { } copies)
                {
                    return copies;
                }
            }

            return ErrorCode.Unavailable.With(
                "Objects were removed from the bucket during each attempt, so that no backup is of one moment. Try again when no "
                + "collection runs.");
        }
        catch (Exception e) when (e is ServerUnreachableException or BadAnswerException)
        {
            return ErrorCode.Unavailable.With($"The object store {bytes.Where} does not answer: {e.Message}");
        }
    }

    private async Task<ObjectCopies?> TryCopyAsync(ObjectCopying wanted, Action<double> progress, CancellationToken ct)
    {
        bool isTorn = false;
        bytes.View.RowApplied += Watch;
        try
        {
            using var run = new ObjectCopyRun(log, bytes, source, wanted, progress);
            ObjectCopies? copies = await run.TryRunAsync(ct);

            // Rows that condemn what was not copied any more have been applied, and so were noticed.
            await log.CatchUpAsync(ct);
            return Volatile.Read(ref isTorn) ? null : copies;
        }
        finally
        {
            bytes.View.RowApplied -= Watch;
        }

        void Watch(LogDirectory row)
        {
            if (row.Condemned.Any(static one => !one.IsGone))
            {
                Volatile.Write(ref isTorn, true);
            }
        }
    }
}
