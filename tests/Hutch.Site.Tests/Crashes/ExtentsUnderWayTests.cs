using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Write.Pushes;
using Hutch.Storage;
using Hutch.Storage.Segments;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Crashes;

/// <summary>
/// The machine stops while several extents of one upload are on their way to the disk: some are stored and not recorded yet. The upload goes
/// on after the last that is recorded, however many lie behind it, and ends with the bytes that were sent.
/// </summary>
public sealed class ExtentsUnderWayTests
{
    private const int ExtentBytes = 8 << 20;
    private const int UnderWay = 3;
    private const int LastBytes = 100_000;

    private readonly string _root = CrashFolder.Make();
    private readonly FaultyDisk _disk = new(1);
    private readonly StandingTime _time = new();
    private readonly byte[] _content = RandomNumberGenerator.GetBytes((UnderWay * ExtentBytes) + LastBytes);
    private int _crashes;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // The lanes write on threads of their own, so that extents can be on their way together; none is joined with another.
    private static SiteOptions Options
    {
        get
        {
            SiteOptions options = SimulatedSite.Options(1);
            return new SiteOptions
            {
                NewId = options.NewId,
                Segments = new SegmentOptions
                {
                    SegmentBytes = 96 << 10,
                    ZeroAheadBytes = 8 << 10,
                    ReserveAheadBytes = 16 << 10,
                    SmallGroupBytes = 8 << 10,
                    ReserveBytes = 0,
                    MaxJoinedBytes = 1 << 16,
                    NewId = options.NewId,
                },
            };
        }
    }

    [Fact]
    public async Task Extents_stored_beyond_the_recorded_ones_are_used_or_skipped_and_the_upload_completes()
    {
        FaultyDisk? behindOne = null;
        using var allStored = new ManualResetEventSlim();
        await using (SimulatedSite site = await SimulatedSite.OpenAsync(_disk, Path.Combine(_root, "live"), Options, _time))
        {
            SiteDataset dataset = await site.CreateAsync("large");
            SiteSession session = (await site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;

            // The writer stands still when the first extent is recorded, until the other two are stored: each has a segment, entered after it
            // is durable.
            int entered = 0;
            long changes = 0;
            site.Site.Committer.Committed += records =>
            {
                if (records.Any(static record => record is JournalRecord.SessionExtent { Extent.Offset: 0 }))
                {
                    allStored.Wait(Ct);
                    behindOne = _disk.Crash(1, Survival.None);
                }
            };
            _disk.BeforeCall = call =>
            {
                // Before the rename of the manifest's third new version the third extent is on the disk, and nothing more comes.
                if (call.Operation == DiskOperation.Rename && call.Path.Contains("segments.txt", StringComparison.Ordinal) && ++entered == UnderWay)
                {
                    allStored.Set();
                }

                if (call.IsChange && ++changes % 11 == 0)
                {
                    CheckAsync(_disk.Crash((int)changes), session).GetAwaiter().GetResult();
                }
            };

            UploadKey key = UploadKey.OfHash(BlobHash.Compute(_content));
            UploadState whole = (await site.Site.ResumableUploads.ContinueAsync(
                session, key, _content.Length, 0, PipeReader.Create(new MemoryStream(_content)), null, Ct)).Value;
            _disk.BeforeCall = null;
            Assert.Equal(BlobHash.Compute(_content), whole.Hash);
            (long offset, int stored) = await CheckAsync(behindOne!, session);

            Assert.Equal((ExtentBytes, UnderWay), (offset, stored));
        }

        Assert.True(_crashes > 3, $"{_crashes} crashes");
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>Opens what a power cut left, goes on and compares; where it stood, and how many extents there were.</summary>
    private async Task<(long Offset, int Stored)> CheckAsync(FaultyDisk left, SiteSession session)
    {
        string folder = Path.Combine(_root, $"crash-{Interlocked.Increment(ref _crashes)}");
        await using SimulatedSite site = await SimulatedSite.OpenAsync(left, folder, Options, _time);
        int stored = await CountExtentsAsync(site);
        UploadKey key = UploadKey.OfHash(BlobHash.Compute(_content));
        UploadState reached = (await site.Site.ResumableUploads.StateAsync(session, key, Ct)).Value;
        if (reached.Hash is null)
        {
            var rest = new MemoryStream(_content, (int)reached.Offset, _content.Length - (int)reached.Offset);
            Result<UploadState> whole = await site.Site.ResumableUploads.ContinueAsync(session, key, _content.Length, reached.Offset, PipeReader.Create(rest), null, Ct);
            Assert.True(whole.IsOk, whole.Error?.Message);
        }

        var change = new TreeChange(DatasetPath.Parse("large").Value, Entry.File(key.Name, _content.Length));
        Result<SiteSnapshot> pushed = await site.Site.PushCommits.CommitAsync(session, [change], null, Ct);
        Assert.True(pushed.IsOk, pushed.Error?.Message);
        await site.VerifyAllAsync();
        return (reached.Offset, stored);
    }

    private static async Task<int> CountExtentsAsync(SimulatedSite site)
    {
        int extents = 0;
        foreach (SegmentInfo segment in site.Site.Segments.Segments)
        {
            await foreach (MemberInfo member in site.Site.Segments.EnumerateMembersAsync(segment.Number, Ct))
            {
                extents += member.Key.Kind == MemberKind.Extent ? 1 : 0;
            }
        }

        return extents;
    }
}
