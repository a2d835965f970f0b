using System.Text;
using Hutch.Catalog.Site;
using Hutch.Datasets.Committing;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Storage.Segments;

namespace Hutch.Datasets.Maintenance;

/// <summary>Brings <c>site.db</c> up to date from the segments alone; an empty one is filled from the last checkpoint first.</summary>
public static class SiteRebuilder
{
    private static readonly byte[] CheckpointMark = Encoding.UTF8.GetBytes("\"k\":\"checkpoint\"");

    /// <summary>Applies what the segments have and the database has not.</summary>
    /// <returns>How many records were applied one by one.</returns>
    public static async Task<long> CatchUpAsync(SegmentStore segments, SiteDatabase records, CancellationToken ct)
    {
        if (records.Writer.AppliedSequence == 0 && await FindCheckpointAsync(segments, ct) is { } checkpoint)
        {
            await LoadAsync(segments, records, checkpoint, ct);
        }

        return await SiteJournal.ReplayAsync(segments, records.Writer, ct);
    }

    /// <summary>The newest checkpoint whose parts are all here.</summary>
    private static async Task<JournalRecord.Checkpoint?> FindCheckpointAsync(SegmentStore segments, CancellationToken ct)
    {
        JournalRecord.Checkpoint? newest = null;
        await foreach (JournalGroup group in segments.ReadJournalAsync(0, ct))
        {
            if (group.Lines.Span.IndexOf(CheckpointMark) < 0)
            {
                continue;
            }

            foreach (JournalRecord record in RecordJson.ReadLines(group.Lines.Span))
            {
                if (record is JournalRecord.Checkpoint checkpoint && checkpoint.Parts.All(part => segments.TryLocate(MemberKey.Blob(part), out _)))
                {
                    newest = checkpoint;
                }
            }
        }

        return newest;
    }

    /// <summary>Loads part by part; the mark of how far the database is comes last, so that a broken load is seen and begun anew.</summary>
    private static async Task LoadAsync(SegmentStore segments, SiteDatabase records, JournalRecord.Checkpoint checkpoint, CancellationToken ct)
    {
        using SiteLoad load = records.BeginLoad();
        foreach (BlobHash hash in checkpoint.Parts)
        {
            byte[] part = await ReadPartAsync(segments, hash, ct);
            int start = 0;
            for (int end = Array.IndexOf(part, (byte)'\n'); end >= 0; end = Array.IndexOf(part, (byte)'\n', start))
            {
                load.Add(part.AsMemory(start..end));
                start = end + 1;
            }
        }

        load.Complete();
    }

    private static async Task<byte[]> ReadPartAsync(SegmentStore segments, BlobHash hash, CancellationToken ct)
    {
        if (!segments.TryLocate(MemberKey.Blob(hash), out MemberLocation location))
        {
            throw ErrorCode.Internal.With($"The part {hash} of the checkpoint is not in the segments.").ToException();
        }

        var part = new byte[location.Length];
        await segments.ReadVerifiedAsync(location, part, ct);
        return BlobHash.Of(part) == hash ? part : throw ErrorCode.Quarantined.With($"The part {hash} of the checkpoint is damaged.").ToException();
    }
}
