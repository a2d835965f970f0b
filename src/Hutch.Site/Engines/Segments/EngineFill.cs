using System.Buffers;
using System.Globalization;
using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>
/// Fills another engine with the members and the journal of a data folder that no process has open. Repeating it continues: it adds what
/// is missing there.
/// </summary>
/// <param name="target">An engine whose log begins with this data folder's.</param>
/// <param name="done">The segments that earlier runs copied completely.</param>
/// <param name="noteDone">Called when a segment is copied completely.</param>
/// <param name="began">The last record when the first run began: a purge since then is refused, as purged bytes may be there.</param>
public sealed class EngineFill(
    IDisk disk, ISiteEngine target, IReadOnlySet<string> done, Action<string> noteDone, long began, TimeProvider time)
{
    private const int GroupBytes = 4 << 20;
    private const int GroupMembers = 1000;
    private const int JournalBytes = 1 << 20;

    /// <summary>The most extents on their way: each waits for the store.</summary>
    private const int MaxWrites = 4;

    private static ReadOnlySpan<byte> PurgeMark => "\"purged\""u8;

    private readonly LogGroup _group = new();
    private readonly List<Task<byte[]>> _writing = [];
    private long _last;
    private bool _isUnannounced;

    /// <summary>Copies; returns the number of the last record there.</summary>
    /// <param name="progress">Called with the part that is done, 0 to 1.</param>
    public async Task<Result<long>> RunAsync(string dataFolder, SegmentOptions options, Action<double> progress, CancellationToken ct)
    {
        (SegmentStore segments, RecoveryReport report) = await SegmentStore.OpenAsync(
            disk, SegmentEngine.FolderOf(dataFolder), options, time, ct);
        await using (segments)
        {
            if (report.HasDamage || segments.HasDamage)
            {
                return ErrorCode.Unprocessable.With(
                    "Segments are damaged or missing. Restore them into a data folder first, and repair that; then move it.");
            }

            _last = await target.Log.QueryLastSequenceAsync(ct);
            IReadOnlyList<SegmentInfo> all = segments.Segments;
            long total = Math.Max(1, all.Sum(static segment => segment.UsedBytes));
            long copied = 0;
            try
            {
                foreach (SegmentInfo segment in all.OrderBy(static segment => segment.Number))
                {
                    string name = NameOf(segment);
                    if (!done.Contains(name))
                    {
                        await CopyAsync(segments, segment, ct);
                        noteDone(name);
                    }

                    progress((double)(copied += segment.UsedBytes) / total);
                }
            }
            finally
            {
                await ((Task)Task.WhenAll(_writing)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            return await TryCopyJournalAsync(segments, ct)
                ? _last
                : ErrorCode.Conflict.With(
                    "A dataset was purged since the copy began, and its bytes may have been copied. Empty the database and the bucket, "
                    + "delete the data folder of the new server, and run the command again.");
        }
    }

    /// <summary>The name of a segment and its length, which a segment keeps once it is sealed.</summary>
    private static string NameOf(SegmentInfo segment) =>
        string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(segment.Path)} {segment.UsedBytes}");

    private async Task CopyAsync(SegmentStore segments, SegmentInfo segment, CancellationToken ct)
    {
        await foreach (MemberInfo member in segments.EnumerateMembersAsync(segment.Number, ct))
        {
            if (member.Key.Kind != MemberKind.Journal
                && !target.Bytes.TryLocate(member.Key, out _, lastingOnly: !segment.Lane.IsTransient))
            {
                await CopyAsync(segments, segment.Lane, member, ct);
            }
        }

        await FlushAsync(ct);
    }

    private async Task CopyAsync(SegmentStore segments, Lane lane, MemberInfo member, CancellationToken ct)
    {
        MemberLocation location = member.Location;
        if (member.Key.Kind == MemberKind.Extent)
        {
            byte[] buffer = await TakeBufferAsync();
            Memory<byte> body = buffer.AsMemory(0, location.Length);
            await segments.ReadVerifiedAsync(location, body, inPassing: true, ct);
            _writing.Add(WriteAsync());
            _isUnannounced = true;
            return;

            async Task<byte[]> WriteAsync()
            {
                await target.Bytes.WriteAsync(lane, member.Key, new ExtentBody(body, location.Crc32C), ct);
                return buffer;
            }
        }

        var small = new byte[location.Length];
        await segments.ReadVerifiedAsync(location, small, inPassing: true, ct);
        _group.Add(lane, member.Key, small, location.Crc32C);
        if (_group.MemberBytes >= GroupBytes || _group.Members.Count >= GroupMembers)
        {
            await FlushAsync(ct);
        }
    }

    /// <summary>Returns a new buffer, or that of a write that has ended.</summary>
    private async Task<byte[]> TakeBufferAsync()
    {
        if (_writing.Count < MaxWrites)
        {
            return GC.AllocateUninitializedArray<byte>(PayloadPool.MaxBufferBytes);
        }

        Task<byte[]> first = await Task.WhenAny(_writing);
        _writing.Remove(first);
        return await first;
    }

    /// <summary>Copies the records; returns false when one of them purges data that may have been copied.</summary>
    private async Task<bool> TryCopyJournalAsync(SegmentStore segments, CancellationToken ct)
    {
        var lines = new ArrayBufferWriter<byte>(JournalBytes);
        long first = 0;
        long last = _last;
        await foreach (JournalGroup group in segments.ReadJournalAsync(_last, ct))
        {
            if (group.LastSequence > began && HasPurge(group.Lines))
            {
                return false;
            }

            first = first == 0 ? group.FirstSequence : first;
            last = group.LastSequence;
            lines.Write(group.Lines.Span);
            if (lines.WrittenCount >= JournalBytes)
            {
                await AppendAsync(lines.WrittenMemory, first, last, ct);
                lines.Clear();
                first = 0;
            }
        }

        if (first > 0)
        {
            await AppendAsync(lines.WrittenMemory, first, last, ct);
        }

        return true;
    }

    private bool HasPurge(ReadOnlyMemory<byte> group)
    {
        ReadOnlySpan<byte> lines = group.Span;
        while (JournalLines.TrySplit(ref lines, out ReadOnlySpan<byte> line))
        {
            if (line.IndexOf(PurgeMark) >= 0
                && RecordJson.Read(line.TrimEnd((byte)'\n')) is JournalRecord.DatasetEnded { Way: DatasetEnd.Purged } ended
                && ended.Sequence > began)
            {
                return true;
            }
        }

        return false;
    }

    private async Task AppendAsync(ReadOnlyMemory<byte> lines, long first, long last, CancellationToken ct)
    {
        _group.SetJournal(lines, first, last);
        await AppendGroupAsync(ct);
        _last = last;
    }

    private async ValueTask FlushAsync(CancellationToken ct)
    {
        await Task.WhenAll(_writing);
        _writing.Clear();

        // A row of any kind announces the extents that were written before it.
        if (_isUnannounced || !_group.IsEmpty)
        {
            await AppendGroupAsync(ct);
        }
    }

    private async Task AppendGroupAsync(CancellationToken ct)
    {
        await using (ILogLock logLock = await target.Log.AcquireAsync(_last, ct))
        {
            await logLock.AppendAsync(_group, ct);
        }

        _group.Clear();
        _isUnannounced = false;
    }
}
