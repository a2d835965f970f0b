using Hutch.Site.Write.Folders;

namespace Hutch.Site.Tests.Sites;

/// <summary>When the hasher of the facility's folders works.</summary>
public sealed class FolderHasherTests
{
    [Fact]
    public async Task What_cannot_be_hashed_is_tried_less_and_less_often_and_at_once_when_something_changes()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("vanished", "1"u8);
        await folder.RegisterAsync();
        folder.Delete("vanished");
        var time = new JumpingTime();
        var hasher = new FolderHasher(
            site.Site.Committer, site.Site.Records, site.Site.Blobs, site.Site.Folders, new FolderOptions(), time, new LogLines<FolderHasher>());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task running = hasher.RunAsync(stop.Token);

        await time.UntilAsync(14, ct);
        int[] waits = time.Waits;
        folder.Write("new", "2"u8);
        folder.Write("vanished", "1"u8);
        await folder.RegisterAsync();
        while (await site.Site.FolderRecords.CountToHashAsync(folder.Dataset, ct) > 0)
        {
            await Task.Delay(10, ct);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal([1, 1, 1, 1, 3, 1, 7, 1, 15, 1, 31, 1, 59, 1], waits[..14]);
    }

    /// <summary>A clock with which every wait is over at once, as if its time had passed.</summary>
    private sealed class JumpingTime : TimeProvider
    {
        private readonly List<int> _waits = [];
        private TimeSpan _ahead = TimeSpan.FromMinutes(1);

        /// <summary>The waits so far, seconds.</summary>
        public int[] Waits
        {
            get
            {
                lock (_waits)
                {
                    return [.. _waits];
                }
            }
        }

        public async Task UntilAsync(int waits, CancellationToken ct)
        {
            while (Waits.Length < waits)
            {
                await Task.Delay(5, ct);
            }
        }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead();

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Ahead().TotalSeconds * TimestampFrequency);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_waits)
            {
                _waits.Add((int)dueTime.TotalSeconds);
                _ahead += dueTime;
            }

            return base.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }

        private TimeSpan Ahead()
        {
            lock (_waits)
            {
                return _ahead;
            }
        }
    }
}
