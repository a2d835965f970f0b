using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Heads;
using Hutch.Site.Write.Pushes;
using Hutch.Storage.Payloads;

namespace Hutch.Site.Tests.Sites;

public sealed class PushTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_in_portions_gives_the_tree_that_all_its_changes_at_once_give()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset atOnce = await site.CreateAsync("at-once");
        SiteDataset inPortions = await site.CreateAsync("in-portions");
        List<TreeChange> puts = [.. Enumerable.Range(0, 1000).Select(i => Put($"folder-{i % 7}/{i:d4}"))];
        List<TreeChange> changes = [.. puts.Take(100).Select(change => change with { Entry = null }), Put("folder-1/new"), Put("last")];

        SiteSnapshot whole = await PushAsync(site, atOnce.Id, null, [puts]);
        whole = await PushAsync(site, atOnce.Id, whole.Number, [changes]);
        SiteSnapshot parts = await PushAsync(site, inPortions.Id, null, puts.Chunk(64));
        parts = await PushAsync(site, inPortions.Id, parts.Number, changes.Chunk(10));

        Assert.Equal(whole.Root, parts.Root);
        Assert.Equal(902, parts.Root.Files);
    }

    [Fact]
    public async Task Changes_in_no_order_may_make_room_for_each_other()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        SiteSnapshot first = await PushAsync(site, dataset.Id, null, [[Put("m"), Put("was-file"), Put("was-folder/in-it")]]);

        SiteSnapshot second = await PushAsync(
            site, dataset.Id, first.Number, [[Put("z")], [Put("was-file/in-it"), Put("a")], [Put("was-folder")], [Removal("was-folder/in-it"), Removal("was-file")]]);

        Assert.Equal(["a", "m", "was-file/in-it", "was-folder", "z"], await site.ListAsync(dataset.Id));
        Assert.Equal(5, second.Root.Files);
    }

    [Fact]
    public async Task A_portion_that_names_what_was_not_uploaded_ends_the_commit_with_nothing_changed()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        SiteSession session = await StartAsync(site, dataset.Id, null);
        await site.UploadAsync(session, "hello"u8.ToArray());
        using PushCommit commit = (await site.Site.PushCommits.BeginAsync(session, NothingReadable, Ct)).Value;

        Result<Done> good = await commit.AddAsync([Put("a")], Ct);
        Result<Done> foreign = await commit.AddAsync([new TreeChange(DatasetPath.Parse("b").Value, Entry.File(BlobHash.Compute("secret"u8), 6))], Ct);

        Assert.True(good.IsOk);
        Assert.Equal(ErrorCode.BlobNotNameable, foreign.Error?.Code);
        Assert.Empty(await site.ListAsync(dataset.Id));
    }

    [Fact]
    public async Task A_large_upload_that_breaks_in_its_third_extent_resumes_at_the_break()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        SiteSession session = await StartAsync(site, dataset.Id, null);
        byte[] content = RandomNumberGenerator.GetBytes((20 << 20) + 123);
        UploadKey key = UploadKey.Parse("00112233445566778899aabbccddeeff").Value;

        await Assert.ThrowsAsync<IOException>(() => site.Site.ResumableUploads.ContinueAsync(session, key, content.Length, 0, Broken(content[..(18 << 20)]), null, Ct));
        UploadState reached = (await site.Site.ResumableUploads.StateAsync(session, key, Ct)).Value;
        PipeReader rest = PipeReader.Create(new MemoryStream(content, (int)reached.Offset, content.Length - (int)reached.Offset));
        UploadState whole = (await site.Site.ResumableUploads.ContinueAsync(session, key, content.Length, reached.Offset, rest, null, Ct)).Value;
        Result<SiteSnapshot> pushed = await site.Site.PushCommits.CommitAsync(
            session, [new TreeChange(DatasetPath.Parse("big").Value, Entry.File(BlobHash.Compute(content), content.Length))], null, Ct);

        Assert.Equal(18 << 20, reached.Offset);
        Assert.Equal(BlobHash.Compute(content), whole.Hash);
        Assert.True(pushed.IsOk, pushed.Error?.Message);
        Assert.Equal(content, await site.ReadAsync(dataset.Id, "big"));
    }

    [Fact]
    public async Task A_part_of_a_large_upload_is_checked_against_the_hash_it_came_with()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        SiteSession session = await StartAsync(site, dataset.Id, null);
        byte[] content = RandomNumberGenerator.GetBytes(20 << 20);
        UploadKey key = UploadKey.Parse("00112233445566778899aabbccddeeff").Value;
        ReadOnlyMemory<byte> first = content.AsMemory(0, 12 << 20), second = content.AsMemory(12 << 20);

        Result<UploadState> good = await SendAsync(0, first, first);
        Result<UploadState> other = await SendAsync(12 << 20, second, first);
        UploadState begunAnew = (await site.Site.ResumableUploads.StateAsync(session, key, Ct)).Value;
        Result<UploadState> again = await SendAsync(0, first, first);
        Result<UploadState> whole = await SendAsync(12 << 20, second, second);

        Assert.Equal(12 << 20, good.Value.Offset);
        Assert.Equal(ErrorCode.DigestMismatch, other.Error?.Code);
        Assert.Equal(0, begunAnew.Offset);
        Assert.True(again.IsOk, again.Error?.Message);
        Assert.Equal(BlobHash.Compute(content), whole.Value.Hash);

        Task<Result<UploadState>> SendAsync(long offset, ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> announced) => site.Site.ResumableUploads.ContinueAsync(
            session, key, content.Length, offset, PipeReader.Create(new MemoryStream(bytes.ToArray())), BlobHash.Compute(announced.Span), Ct);
    }

    [Fact]
    public async Task A_large_upload_with_several_stored_extents_resumes_after_a_restart()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        SiteSession session = await StartAsync(site, dataset.Id, null);
        byte[] content = RandomNumberGenerator.GetBytes(30 << 20);
        var key = UploadKey.OfHash(BlobHash.Compute(content));

        await site.Site.ResumableUploads.ContinueAsync(session, key, content.Length, 0, PipeReader.Create(new MemoryStream(content, 0, 25 << 20)), null, Ct);
        await site.ReopenAsync();
        UploadState reached = (await site.Site.ResumableUploads.StateAsync(session, key, Ct)).Value;
        PipeReader rest = PipeReader.Create(new MemoryStream(content, (int)reached.Offset, content.Length - (int)reached.Offset));
        UploadState whole = (await site.Site.ResumableUploads.ContinueAsync(session, key, content.Length, reached.Offset, rest, null, Ct)).Value;

        Assert.Equal(25 << 20, reached.Offset);
        Assert.Equal(key.Name, whole.Hash);
    }

    [Fact]
    public async Task Extents_are_recorded_in_their_order_whichever_is_durable_first()
    {
        var recorded = new List<long>();
        var durable = new Dictionary<long, TaskCompletionSource>();
        await using var queue = new ExtentQueue(async (extent, previous) =>
        {
            await durable[extent.Offset].Task;
            await previous;
            recorded.Add(extent.Offset);
            return Done.Value;
        });
        foreach (long offset in new long[] { 0, 1, 2 })
        {
            durable[offset] = new TaskCompletionSource();
            await queue.AddAsync(await ExtentAsync(offset), Ct);
        }

        durable[2].SetResult();
        durable[1].SetResult();
        durable[0].SetResult();
        Result<Done> completed = await queue.CompleteAsync(Ct);

        Assert.True(completed.IsOk);
        Assert.Equal([0L, 1, 2], recorded);
    }

    [Fact]
    public async Task A_refused_extent_stops_the_upload_and_the_sender_gets_its_error()
    {
        int kept = 0;
        await using var queue = new ExtentQueue(async (extent, previous) =>
        {
            kept++;
            Result<Done> before = await previous;
            return !before.IsOk ? before : extent.Offset == 1 ? ErrorCode.NotFound.With("the push was given up") : Done.Value;
        });
        long offset = 0;
        for (; queue.GoesOn && offset < 100; offset++)
        {
            await queue.AddAsync(await ExtentAsync(offset), Ct);
        }

        Result<Done> completed = await queue.CompleteAsync(Ct);

        Assert.Equal(ErrorCode.NotFound, completed.Error?.Code);
        Assert.InRange(kept, 2, 6);
    }

    private static async ValueTask<ReceivedExtent> ExtentAsync(long offset) => new(await new PayloadPool().RentAsync(1, Ct), offset, 1, IsStored: false);

    private static TreeChange Removal(string path) => new(DatasetPath.Parse(path).Value, null);

    private static Task<IReadOnlyList<TreeView>> NothingReadable(CancellationToken ct) => Task.FromResult<IReadOnlyList<TreeView>>([]);

    private static TreeChange Put(string path) => new(DatasetPath.Parse(path).Value, Entry.File(BlobHash.Compute("hello"u8), 5));

    private static async Task<SiteSession> StartAsync(TestSite site, DatasetId dataset, long? from) =>
        (await site.Site.Pushes.StartAsync(dataset, from, "anna", Ct)).Value;

    private static async Task<SiteSnapshot> PushAsync(TestSite site, DatasetId dataset, long? from, IEnumerable<IReadOnlyList<TreeChange>> portions)
    {
        SiteSession session = await StartAsync(site, dataset, from);
        await site.UploadAsync(session, "hello"u8.ToArray());
        using PushCommit commit = (await site.Site.PushCommits.BeginAsync(session, NothingReadable, Ct)).Value;
        foreach (IReadOnlyList<TreeChange> portion in portions)
        {
            Result<Done> added = await commit.AddAsync(portion, Ct);
            Assert.True(added.IsOk, added.Error?.Message);
        }

        return (await commit.FinishAsync("in portions", Ct)).Value;
    }

    /// <summary>A body whose connection breaks after some bytes.</summary>
    private static PipeReader Broken(byte[] bytes) => PipeReader.Create(new BreakingStream(bytes));

    private sealed class BreakingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await base.ReadAsync(buffer, cancellationToken);
            return read > 0 ? read : throw new IOException("the connection broke");
        }
    }
}
