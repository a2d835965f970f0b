using System.Text;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Committing;
using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>
/// Brings <c>site.db</c> up to date from the segments alone. If it is empty or older than the remaining journal, it is filled from the
/// newest checkpoint first.
/// </summary>
internal static class SiteRebuilder
{
    private static readonly byte[] CheckpointMark = Encoding.UTF8.GetBytes("\"k\":\"checkpoint\"");
    private static readonly byte[] RetiredMark = Encoding.UTF8.GetBytes("\"k\":\"segment.retired\"");

    /// <summary>Applies the records that the segments have and the database does not.</summary>
    /// <exception cref="HutchException">Records are missing from the journal and from every checkpoint.</exception>
    public static async Task<long> CatchUpAsync(SegmentStore segments, SiteDatabase records, CancellationToken ct)
    {
        long applied = records.Writer.AppliedSequence;
        segments.RequireRecords(applied);
        (List<JournalRecord.Checkpoint> checkpoints, long retired, long damaged) = await LookAheadAsync(segments, applied, ct);
        long gap = Math.Max(retired, damaged);
        bool isLoaded = (applied == 0 || gap > applied) && await TryLoadAsync(segments, records, checkpoints, gap, ct);
        if (!isLoaded && retired > applied)
        {
            throw Missing(
                $"The records up to {retired} are no longer in the journal, no intact checkpoint has them, and site.db ends at {applied}");
        }

        try
        {
            return await SiteJournal.ReplayAsync(segments.ReadJournalAsync(records.Writer.AppliedSequence, ct), records.Writer);
        }
        catch (QuarantinedException)
        {
            throw Missing(
                $"Parts of the journal up to record {damaged} are damaged, no checkpoint covers them, and site.db ends at {applied}");
        }
        catch (InvalidOperationException e) when (segments.IsIncomplete)
        {
            throw Missing(
                $"Parts of the journal are missing, and what is left does not follow from site.db, which ends at {applied}: "
                + e.Message.TrimEnd('.'));
        }
    }

    private static HutchException Missing(string what) => ErrorCode.Internal.With(
        $"{what}. Restore a newer copy of site.db, or salvage the files from the segments with the script salvage.sh of the release. "
        + "Nothing was changed.").ToException();

    /// <summary>
    /// Finds the checkpoints after a sequence number. Also returns the numbers up to which journals were removed with their segments, and
    /// up to which they are damaged.
    /// </summary>
    private static async Task<(List<JournalRecord.Checkpoint> Checkpoints, long Retired, long Damaged)> LookAheadAsync(
        SegmentStore segments, long after, CancellationToken ct)
    {
        var checkpoints = new List<JournalRecord.Checkpoint>();
        long retired = 0;
        long damaged = 0;
        foreach (SegmentInfo segment in segments.Segments.Where(segment => segment.LastSequence > after))
        {
            await foreach (MemberInfo member in segments.EnumerateMembersAsync(segment.Number, ct))
            {
                if (member.Key.Kind != MemberKind.Journal || member.Key.LastSequence <= after)
                {
                    continue;
                }

                if (await TryReadAsync(segments, member.Location, ct) is not { } lines)
                {
                    damaged = Math.Max(damaged, member.Key.LastSequence);
                    continue;
                }

                foreach (JournalRecord record in Marks(lines))
                {
                    if (record is JournalRecord.Checkpoint checkpoint)
                    {
                        checkpoints.Add(checkpoint);
                    }
                    else if (record is JournalRecord.SegmentRetired gone)
                    {
                        retired = Math.Max(retired, gone.Through);
                    }
                }
            }
        }

        return (checkpoints, retired, damaged);
    }

    /// <summary>Parses only the records of a journal at which a rebuild may start.</summary>
    private static List<JournalRecord> Marks(byte[] lines)
    {
        var marks = new List<JournalRecord>();
        if (lines.AsSpan().IndexOf(CheckpointMark) < 0 && lines.AsSpan().IndexOf(RetiredMark) < 0)
        {
            return marks;
        }

        foreach (Range range in lines.AsSpan().Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = lines.AsSpan()[range];
            if (line.StartsWith("{\"seq\":"u8) && (line.IndexOf(CheckpointMark) >= 0 || line.IndexOf(RetiredMark) >= 0))
            {
                marks.Add(RecordJson.Read(line));
            }
        }

        return marks;
    }

    /// <summary>Loads the newest complete checkpoint from which the journal continues without a gap.</summary>
    private static async Task<bool> TryLoadAsync(
        SegmentStore segments, SiteDatabase records, List<JournalRecord.Checkpoint> checkpoints, long gap, CancellationToken ct)
    {
        foreach (JournalRecord.Checkpoint checkpoint in checkpoints.Where(one => one.Through >= gap).OrderByDescending(one => one.Through))
        {
            if (await CheckpointLoad.TryAsync(records, checkpoint, (hash, token) => ReadPartAsync(segments, hash, token), ct))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<byte[]?> ReadPartAsync(SegmentStore segments, BlobHash hash, CancellationToken ct)
    {
        while (segments.TryLocate(MemberKey.Blob(hash), out MemberLocation location))
        {
            // A damaged one is passed over by the next look-up: there may be another copy.
            if (await TryReadAsync(segments, location, ct) is { } part)
            {
                return BlobHash.Compute(part) == hash ? part : null;
            }
        }

        return null;
    }

    private static async Task<byte[]?> TryReadAsync(SegmentStore segments, MemberLocation location, CancellationToken ct)
    {
        try
        {
            var body = new byte[location.Length];
            await segments.ReadVerifiedAsync(location, body, ct);
            return body;
        }
        catch (QuarantinedException)
        {
            return null;
        }
    }
}
