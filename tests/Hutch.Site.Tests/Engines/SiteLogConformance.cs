using System.Text;
using Hutch.Model.Checksums;
using Hutch.Storage;

namespace Hutch.Site.Tests.Engines;

/// <summary>What every log of a site does, whatever keeps it.</summary>
public abstract class SiteLogConformance
{
    private readonly LogGroup _group = new();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal abstract ISiteLog Log { get; }

    internal abstract ISiteBytes Bytes { get; }

    /// <summary>Whether others may append.</summary>
    protected virtual bool IsShared => true;

    /// <summary>The next append fails, and the log cannot know where.</summary>
    protected abstract void LoseTheNextAppend();

    /// <summary>The next append finds no space.</summary>
    protected abstract void FillUp();

    /// <summary>Nothing fails any more.</summary>
    protected abstract void Mend();

    [Fact]
    public async Task What_was_appended_is_read_in_order_after_any_number()
    {
        await AppendAsync(1, 3);
        await AppendAsync(4, 4);
        await AppendAsync(7, 9);

        Assert.Equal([1L, 2, 3, 4, 7, 8, 9], await ReadAsync(0));
        Assert.Equal([3L, 4, 7, 8, 9], (await ReadAsync(2)).SkipWhile(static sequence => sequence <= 2));
        Assert.Equal([7L, 8, 9], await ReadAsync(4));
        Assert.Empty(await ReadAsync(9));
    }

    [Fact]
    public async Task Only_a_shared_log_queries_its_last_sequence_number()
    {
        await AppendAsync(1, 3);
        await AppendAsync(4, 6);

        Task<long> asked = Log.QueryLastSequenceAsync(Ct);

        Assert.True(IsShared || asked.IsCompleted);
        Assert.Equal(IsShared ? 6 : 0, await asked);
    }

    [Fact]
    public async Task A_lock_reports_no_missed_records_when_no_other_server_appended()
    {
        await AppendAsync(1, 3);

        await using ILogLock logLock = await Log.AcquireAsync(3, Ct);

        Assert.Empty(logLock.Missed);
    }

    [Fact]
    public async Task Members_can_be_read_when_their_group_is_appended_with_records_or_without()
    {
        byte[] first = Encoding.UTF8.GetBytes("first");
        byte[] second = Encoding.UTF8.GetBytes("second");
        await AppendAsync(1, 1, first);
        await AppendAsync(0, 0, second);

        Assert.Equal(first, await ReadAsync(first));
        Assert.Equal(second, await ReadAsync(second));
    }

    [Fact]
    public async Task A_transient_member_is_not_found_where_only_what_lasts_counts()
    {
        byte[] body = Encoding.UTF8.GetBytes("for a day");
        _group.Add(Lane.Until(new DateOnly(2026, 11, 25)), Key(body), body);
        await AppendAsync(1, 1);

        Assert.True(Bytes.TryLocate(Key(body), out MemberLocation location));
        Assert.True(location.IsTransient);
        Assert.False(Bytes.TryLocate(Key(body), out _, lastingOnly: true));
    }

    [Fact]
    public async Task A_refused_append_changes_nothing_and_says_so()
    {
        await AppendAsync(1, 1);
        var body = new byte[1 << 20];
        FillUp();

        await Assert.ThrowsAnyAsync<StorageRefusedException>(() => AppendAsync(2, 2, body));

        Mend();
        Assert.Equal([1L], await ReadAsync(0));
        Assert.False(Bytes.TryLocate(Key(body), out _));
        await AppendAsync(2, 2);
        Assert.Equal([1L, 2], await ReadAsync(0));
    }

    [Fact]
    public async Task What_the_next_turn_says_of_a_lost_append_is_so()
    {
        await AppendAsync(1, 1);
        LoseTheNextAppend();

        Exception lost = await Assert.ThrowsAnyAsync<Exception>(() => AppendAsync(2, 2));

        Mend();
        Assert.IsNotAssignableFrom<StorageRefusedException>(lost);
        await using (ILogLock logLock = await Log.AcquireAsync(1, Ct))
        {
            Assert.Equal(logLock.LastAppend == AppendOutcome.There, logLock.Missed.Any(static group => group.LastSequence == 2));
            if (logLock.LastAppend == AppendOutcome.NotThere)
            {
                Assert.DoesNotContain(2L, await ReadAsync(0));
            }
        }

        await AppendAsync(3, 3);
        Assert.Equal([1L, 3], (await ReadAsync(0)).Where(static sequence => sequence != 2));
    }

    [Fact]
    public async Task The_time_of_turns_never_goes_back()
    {
        long first;
        await using (ILogLock logLock = await Log.AcquireAsync(0, Ct))
        {
            first = logLock.Now;
        }

        await using ILogLock next = await Log.AcquireAsync(0, Ct);
        Assert.True(next.Now >= first);
    }

    [Fact]
    public async Task Waiting_for_more_records_can_be_cancelled()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task waiting = Log.WaitForMoreAsync(0, stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task An_extent_can_be_read_once_it_is_written()
    {
        byte[] body = Encoding.UTF8.GetBytes("part of something large");
        var key = MemberKey.Extent(Guid.NewGuid(), 0);

        await Bytes.WriteAsync(Lane.Bulk, key, new ExtentBody(body, Checksum.Crc32C(body)), Ct);

        Assert.True(Bytes.TryLocate(key, out MemberLocation location, lastingOnly: true));
        var read = new byte[location.Length];
        await Bytes.ReadVerifiedAsync(location, read, inPassing: true, Ct);
        Assert.Equal(body, read);
    }

    protected async Task AppendAsync(long first, long last, params byte[][] blobs)
    {
        foreach (byte[] body in blobs)
        {
            _group.Add(Lane.Main, Key(body), body);
        }

        if (first > 0)
        {
            var lines = new StringBuilder();
            for (long sequence = first; sequence <= last; sequence++)
            {
                lines.Append("{\"seq\":").Append(sequence).Append(",\"k\":\"x\"}\n");
            }

            _group.SetJournal(Encoding.UTF8.GetBytes(lines.ToString()), first, last);
        }

        try
        {
            await using ILogLock logLock = await Log.AcquireAsync(Math.Max(0, first - 1), Ct);
            await logLock.AppendAsync(_group, Ct);
        }
        finally
        {
            _group.Clear();
        }
    }

    protected async Task<List<long>> ReadAsync(long after)
    {
        var sequences = new List<long>();
        await foreach (JournalGroup group in Log.ReadAsync(after, Ct))
        {
            foreach (string line in Encoding.UTF8.GetString(group.Lines.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Assert.True(JournalLines.TryReadSequence(Encoding.UTF8.GetBytes(line), out long sequence));
                sequences.Add(sequence);
            }
        }

        return sequences;
    }

    private static MemberKey Key(byte[] body) => MemberKey.Blob(Hutch.Model.BlobHash.Compute(body));

    private async Task<byte[]> ReadAsync(byte[] blob)
    {
        Assert.True(Bytes.TryLocate(Key(blob), out MemberLocation location));
        var read = new byte[location.Length];
        await Bytes.ReadVerifiedAsync(location, read, inPassing: false, Ct);
        return read;
    }
}
