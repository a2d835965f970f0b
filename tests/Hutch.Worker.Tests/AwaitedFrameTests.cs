using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Storage;
using Hutch.Storage.Payloads;
using Hutch.Worker.Tests.Support;

namespace Hutch.Worker.Tests;

/// <summary>A frame that a run waits for goes from the memory into which it came to the worker.</summary>
public sealed class AwaitedFrameTests
{
    private const int MemberBytes = 300_000;
    private const int ExtentsBytes = 3_000_000;

    [Theory]
    [InlineData(MemberBytes)]
    [InlineData(ExtentsBytes)]
    public async Task A_frame_that_a_run_waits_for_is_analysed_without_reading_the_disk_and_its_memory_returns(int bytes)
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        (SiteDataset input, SiteRun run) = await FollowAsync(live, new FakeStep { MaxFrameBytes = 1 << 24, SaysHash = true });
        long before = live.Disk.Reads;

        for (int number = 2; number <= 6; number++)
        {
            await live.PutAsync(input.Id, FrameName.For(number), Content(number, bytes));
            await live.RowsAsync(run, number);
        }

        Assert.Equal(before, live.Disk.Reads);
        Assert.Equal((0L, 0L), (live.Site.Blobs.RecentBlobs.RetainedBytes, live.Site.Blobs.Pool.LentBytes));
        Assert.All(
            (await live.RowsAsync(run, 6)).Skip(1),
            row => Assert.Equal(HashOf(row.GetProperty("file-number").GetInt32(), bytes), row.GetProperty("content").GetString()));
    }

    [Fact]
    public async Task When_others_need_the_memory_the_frame_is_read_from_the_disk()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        var step = new FakeStep { MaxFrameBytes = 1 << 24, SaysHash = true, WaitsFrom = 2 };
        (SiteDataset input, SiteRun run) = await FollowAsync(live, step);
        for (int number = 2; number <= 5; number++)
        {
            // The worker takes three at a time at most: the last waits.
            await live.PutAsync(input.Id, FrameName.For(number), Content(number, ExtentsBytes));
        }

        Assert.NotEqual(0, live.Site.Blobs.RecentBlobs.RetainedBytes);
        long before = live.Disk.Reads;
        await TakeAllAsync(live.Site.Blobs.Pool);
        step.Gate.Set();
        List<string?> contents = [.. (await live.RowsAsync(run, 5)).Select(row => row.GetProperty("content").GetString())];

        Assert.Contains(HashOf(5, ExtentsBytes), contents);
        Assert.NotEqual(before, live.Disk.Reads);
    }

    [Fact]
    public async Task A_frame_that_is_refused_keeps_no_memory_and_cannot_be_read()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        (SiteDataset input, _) = await FollowAsync(live, new FakeStep());
        byte[] content = Content(2, ExtentsBytes);
        RecentBlob? place = live.Site.Blobs.RecentBlobs.Begin(input.Id);
        var body = System.IO.Pipelines.PipeReader.Create(new MemoryStream(content));
        BlobHash hash;
        using (ReceivedBlob blob = (await live.Site.Intake.ReceiveAsync(body, content.Length, Lane.Main, place, LiveSite.Ct)).Value)
        {
            hash = blob.Hash;
            Assert.NotEqual(0, live.Site.Blobs.RecentBlobs.RetainedBytes);
            Assert.Null(await live.Site.Blobs.FindAsync(hash, LiveSite.Ct));

            var notThere = new EntryCondition { MustNotExist = true };
            Result<bool> put = await live.Site.Entries.PutAsync(
                input.Id, DatasetPath.Parse(FrameName.For(1)).Value, Entry.File(hash, content.Length), blob, notThere, LiveSite.Ct);
            Assert.False(put.IsOk);
        }

        Assert.Equal((0L, 0L), (live.Site.Blobs.RecentBlobs.RetainedBytes, live.Site.Blobs.Pool.LentBytes));
        Assert.Null(await live.Site.Blobs.FindAsync(hash, LiveSite.Ct));
    }

    [Fact]
    public async Task Two_frames_of_the_same_bytes_are_both_analysed_from_memory()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        var step = new FakeStep { MaxFrameBytes = 1 << 24, SaysHash = true, WaitsFrom = 2 };
        (SiteDataset input, SiteRun run) = await FollowAsync(live, step);
        long before = live.Disk.Reads;
        await live.PutAsync(input.Id, FrameName.For(2), Content(0, ExtentsBytes));
        await live.PutAsync(input.Id, FrameName.For(3), Content(0, ExtentsBytes));

        step.Gate.Set();
        await live.RowsAsync(run, 3);

        Assert.Equal((before, 0L), (live.Disk.Reads, live.Site.Blobs.RecentBlobs.RetainedBytes));
    }

    [Fact]
    public async Task Frames_that_no_run_awaits_and_frames_of_an_ended_run_retain_no_memory()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        var step = new FakeStep { MaxFrameBytes = 1 << 24, SaysHash = true, WaitsFrom = 2 };
        (SiteDataset input, SiteRun run) = await FollowAsync(live, step);
        SiteDataset other = await live.CreateAsync("other");
        await live.PutAsync(other.Id, FrameName.For(1), Content(1, ExtentsBytes));
        Assert.Equal(0, live.Site.Blobs.RecentBlobs.RetainedBytes);

        await live.PutAsync(input.Id, FrameName.For(2), Content(2, ExtentsBytes));
        await live.CloseAsync(input.Id);
        step.Gate.Set();
        await live.EndOfAsync(run);

        Assert.Equal(0, live.Site.Blobs.RecentBlobs.RetainedBytes);
        Assert.Null(live.Site.Blobs.RecentBlobs.Begin(input.Id));
    }

    /// <summary>A run that has done its first frame, and waits for the next.</summary>
    private static async Task<(SiteDataset Input, SiteRun Run)> FollowAsync(LiveSite live, FakeStep step)
    {
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFrameAsync(input.Id, 1);
        live.Work(step);
        SiteRun run = await live.StartRunAsync(input.Id, follow: true);
        await live.RowsAsync(run, 1);
        return (input, run);
    }

    private static async Task TakeAllAsync(PayloadPool pool)
    {
        var taken = new List<PayloadBuffer>();
        while (taken.Count * (long)PayloadPool.MaxBufferBytes < pool.CapacityBytes)
        {
            taken.Add(await pool.RentAsync(PayloadPool.MaxBufferBytes, LiveSite.Ct));
        }

        taken.ForEach(buffer => buffer.Dispose());
    }

    private static string HashOf(int number, int bytes) => BlobHash.Compute(Content(number, bytes)).ToString();

    private static byte[] Content(int number, int bytes)
    {
        var content = new byte[bytes];
        new Random(number).NextBytes(content);
        return content;
    }
}
