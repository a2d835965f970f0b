using System.Globalization;
using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Folders;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Tests.Sites;

/// <summary>Files that stay in a folder of the facility are files of a dataset, and never other bytes than those that were registered.</summary>
public sealed class FolderTests
{
    private static readonly byte[] Movie = RandomNumberGenerator.GetBytes(9 << 20);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>What came down through datasets that have ended is read from the folder, or from who holds it for its dataset.</summary>
    [Fact]
    public async Task A_folder_that_others_hold_ends_only_after_all_that_came_from_it_though_what_was_between_has_ended()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        DatasetId id = folder.Dataset.Id;
        folder.Write("movie.mrc", Movie);
        await folder.FollowAsync();
        SiteDataset closed = (await site.Site.Lifecycle.CloseAsync(id, "anna", null, Ct)).Value;
        SiteDataset between = await site.DeriveAsync("between", id);
        SiteDataset last = await site.DeriveAsync("last", between.Id);
        Eviction wanted = (await site.Site.Evictions.RequestFolderAsync(id, 1, "agent", Ct)).Value.Eviction!;
        await site.Site.Evictions.RecordRequestedAsync(id, wanted.Nonce, "archive", Ct);
        var proofs = new Dictionary<string, string> { ["archive"] = "signed" };
        Assert.True((await site.Site.Evictions.EvictAsync(id, wanted.Nonce, proofs, [closed.Snapshot!.Value], Ct)).IsOk);
        folder.Delete("movie.mrc");

        int[] ended = [await site.EndAsync(between.Id), await site.EndAsync(id)];
        HutchException read = await Assert.ThrowsAsync<HutchException>(() => site.ReadAsync(last.Id, "movie.mrc"));
        int[] endedThen = [await site.EndAsync(last.Id), await site.Site.Lifecycle.EndWhatIsOverAsync(Ct)];

        Assert.Contains("are held by other sites, which this server cannot ask now", read.Message, StringComparison.Ordinal);
        Assert.Equal([1, 0], ended);
        Assert.Equal([1, 1], endedThen);
    }

    [Fact]
    public async Task A_registered_file_is_listed_and_read_before_it_is_hashed()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("raw/movie.mrc", Movie);
        folder.Write("empty", []);

        int changes = await folder.RegisterAsync();

        Assert.Equal(2, changes);
        Assert.Equal(["empty", "raw/movie.mrc"], await site.ListAsync(folder.Dataset.Id));
        Assert.True((await EntryAsync(folder, "raw/movie.mrc")).IsPending);
        Assert.Equal(Movie, await site.ReadAsync(folder.Dataset.Id, "raw/movie.mrc"));
        Assert.Empty((await site.ReadAsync(folder.Dataset.Id, "empty"))!);
    }

    [Fact]
    public async Task A_hashed_file_keeps_its_hash_through_folds_collections_and_a_rebuild()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("movie.mrc", Movie);
        await folder.RegisterAsync();

        int waiting = await folder.HashAsync();
        await FoldAsync(folder);
        await site.Site.Collector.CollectAsync(Ct);
        await site.ReopenAsync(withoutDatabase: true);

        Entry entry = await EntryAsync(folder, "movie.mrc");
        Assert.Equal(0, waiting);
        Assert.Equal((BlobHash.Compute(Movie), false), (entry.Hash, entry.IsPending));
        Assert.Equal(Movie, await site.ReadAsync(folder.Dataset.Id, "movie.mrc"));
    }

    [Fact]
    public async Task Registering_the_same_again_records_nothing()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("movie.mrc", Movie);
        await folder.FollowAsync();
        await FoldAsync(folder);
        long before = site.Site.AppliedSequence;

        int changes = await folder.RegisterAsync();

        Assert.Equal((0, before), (changes, site.Site.AppliedSequence));
    }

    [Fact]
    public async Task A_file_that_changed_after_it_was_registered_is_not_served_until_it_is_registered_again()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("log", "first"u8);
        await folder.RegisterAsync();
        folder.WaitForNextTick();
        folder.Write("log", "other"u8);

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => site.ReadAsync(folder.Dataset.Id, "log"));
        await folder.RegisterAsync();

        Assert.Equal(ErrorCode.Unavailable, refused.Error.Code);
        Assert.Equal("other"u8.ToArray(), await site.ReadAsync(folder.Dataset.Id, "log"));
    }

    [Fact]
    public async Task The_old_bytes_of_a_changed_file_are_gone_and_said_to_be()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("log", "first"u8);
        await folder.FollowAsync();
        SiteSnapshot snapshot = await FoldAsync(folder);
        folder.WaitForNextTick();
        folder.Write("log", "other"u8);

        ErrorCode unseen = (await Assert.ThrowsAsync<HutchException>(() => ReadAtAsync(folder, "log", snapshot))).Error.Code;
        await folder.FollowAsync();
        HutchException seen = await Assert.ThrowsAsync<HutchException>(() => ReadAtAsync(folder, "log", snapshot));

        Assert.Equal((ErrorCode.Gone, ErrorCode.Gone), (unseen, seen.Error.Code));
        Assert.Contains("changed or removed", seen.Message, StringComparison.Ordinal);
        Assert.Equal("other"u8.ToArray(), await site.ReadAsync(folder.Dataset.Id, "log"));
    }

    [Fact]
    public async Task A_file_that_gets_its_old_bytes_back_is_read_at_the_old_snapshot_again()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("log", "first"u8);
        await folder.FollowAsync();
        SiteSnapshot snapshot = await FoldAsync(folder);
        folder.Delete("log");
        await folder.RegisterAsync();
        folder.Write("log", "first"u8);
        await folder.FollowAsync();

        Assert.Equal("first"u8.ToArray(), await ReadAtAsync(folder, "log", snapshot));
    }

    [Fact]
    public async Task A_symbolic_link_in_place_of_a_folder_is_not_followed()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("raw/movie", "bytes"u8);
        await folder.FollowAsync();
        Directory.Move(Path.Combine(folder.Path, "raw"), Path.Combine(folder.Path, "elsewhere"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "raw"), "elsewhere");

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => site.ReadAsync(folder.Dataset.Id, "raw/movie"));

        Assert.Equal(ErrorCode.Gone, refused.Error.Code);
    }

    [Fact]
    public async Task A_file_that_waits_to_be_hashed_is_in_no_snapshot_and_keeps_the_dataset_open()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("a", "hashed"u8);
        await folder.FollowAsync();
        folder.Write("b", "not yet"u8);
        await folder.RegisterAsync();

        SiteSnapshot snapshot = await FoldAsync(folder);
        Result<SiteDataset> tooEarly = await site.Site.Lifecycle.CloseAsync(folder.Dataset.Id, "anna", null, Ct);
        await folder.HashAsync();
        Result<SiteDataset> closed = await site.Site.Lifecycle.CloseAsync(folder.Dataset.Id, "anna", null, Ct);

        Assert.Equal(["a"], await site.ListAsync(folder.Dataset.Id, SnapshotRef.OfNumber((int)snapshot.Number)));
        Assert.Equal(ErrorCode.Unavailable, tooEarly.Error?.Code);
        Assert.Contains("1 files", tooEarly.Error!.Message, StringComparison.Ordinal);
        Assert.True(closed.IsOk);
        Assert.Equal(["a", "b"], await site.ListAsync(folder.Dataset.Id));
    }

    [Fact]
    public async Task What_vanished_is_no_longer_listed()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("a", "1"u8);
        folder.Write("b", "2"u8);
        await folder.FollowAsync();
        await FoldAsync(folder);
        folder.Delete("a");

        await folder.RegisterAsync();
        await FoldAsync(folder);

        Assert.Equal(["b"], await site.ListAsync(folder.Dataset.Id));
    }

    [Fact]
    public async Task A_folder_may_take_the_place_of_a_file_and_the_other_way_round()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("x", "a file"u8);
        folder.Write("y/below", "a folder"u8);
        await folder.FollowAsync();
        await FoldAsync(folder);
        folder.Delete("x");
        Directory.Delete(Path.Combine(folder.Path, "y"), recursive: true);
        folder.Write("x/below", "a folder now"u8);
        folder.Write("y", "a file now"u8);

        await folder.RegisterAsync();
        List<string> listed = await site.ListAsync(folder.Dataset.Id);
        await folder.HashAsync();
        await FoldAsync(folder);

        Assert.Equal(["x/below", "y"], listed);
        Assert.Equal(["x/below", "y"], await site.ListAsync(folder.Dataset.Id));
        Assert.Equal("a file now"u8.ToArray(), await site.ReadAsync(folder.Dataset.Id, "y"));
    }

    [Fact]
    public async Task A_moved_folder_is_the_same_dataset()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("movie.mrc", Movie);
        await folder.FollowAsync();

        await folder.MoveAsync();

        Assert.Equal(Movie, await site.ReadAsync(folder.Dataset.Id, "movie.mrc"));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("cut and filled again")]
    [InlineData("written over")]
    [InlineData("replaced")]
    public async Task A_file_that_is_changed_while_it_is_read_is_never_given_out_to_its_end(string how)
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        byte[] before = RandomNumberGenerator.GetBytes(48 << 20);
        folder.Write("movie.mrc", before);
        await folder.RegisterAsync();
        BlobContent content = (await site.Site.Blobs.FindAsync(folder.Dataset.Id, (await EntryAsync(folder, "movie.mrc")).Hash, Ct))!;
        var given = new MemoryStream();

        HutchException seen = await Assert.ThrowsAsync<HutchException>(async () =>
        {
            await foreach (ReadOnlyMemory<byte> part in content.ReadAsync(0, content.Size, Ct))
            {
                given.Write(part.Span);
                if (given.Length == part.Length)
                {
                    Change(Path.Combine(folder.Path, "movie.mrc"), how);
                }
            }
        });

        Assert.Equal(ErrorCode.Unavailable, seen.Error.Code);
        Assert.InRange(given.Length, 1, before.Length - 1);
        Assert.True(before.AsSpan().StartsWith(given.ToArray()));
    }

    [Fact]
    public async Task A_file_that_another_of_the_same_size_and_time_replaces_before_it_is_hashed_gets_no_hash()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("movie.mrc", "first"u8);
        await folder.RegisterAsync();
        string path = Path.Combine(folder.Path, "movie.mrc");
        DateTime time = File.GetLastWriteTimeUtc(path);
        folder.WaitForNextTick();
        folder.Delete("movie.mrc");
        folder.Write("movie.mrc", "other"u8);
        File.SetLastWriteTimeUtc(path, time);

        int waiting = await folder.HashAsync();

        Assert.Equal(1, waiting);
        Assert.True((await EntryAsync(folder, "movie.mrc")).IsPending);
        await folder.FollowAsync();
        Assert.Equal(BlobHash.Compute("other"u8), (await EntryAsync(folder, "movie.mrc")).Hash);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public async Task A_file_is_read_when_another_folder_with_the_same_bytes_is_gone(int removed, int read)
    {
        await using TestSite site = await TestSite.OpenAsync();
        FacilityFolder[] folders = [await FacilityFolder.CreateAsync(site, "first"), await FacilityFolder.CreateAsync(site, "second")];
        foreach (FacilityFolder folder in folders)
        {
            folder.Write("gain.mrc", "the same"u8);
            await folder.RegisterAsync();
            await folder.HashAsync();
        }

        folders[removed].Dispose();

        Assert.Equal("the same"u8.ToArray(), await site.ReadAsync(folders[read].Dataset.Id, "gain.mrc"));
        Assert.Equal("the same"u8.ToArray(), await site.ReadAsync(folders[removed].Dataset.Id, "gain.mrc"));
        folders[read].Dispose();
    }

    [Fact]
    public async Task Writes_into_a_facility_folder_through_the_site_are_refused()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("a", "1"u8);
        await folder.RegisterAsync();

        Result<bool> put = await site.PutAsync(folder.Dataset.Id, "b", "2");
        Result<Entry> removed = await site.RemoveAsync(folder.Dataset.Id, "a");

        Assert.Equal((ErrorCode.FolderDataset, ErrorCode.FolderDataset), (put.Error?.Code, removed.Error?.Code));
        Assert.True(File.Exists(Path.Combine(folder.Path, "a")));
    }

    [Fact]
    public async Task A_dataset_with_files_cannot_become_a_folder()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("stored");
        await site.PutAsync(dataset.Id, "a", "1");

        Result<SiteDataset> set = await site.Site.Folders.SetFolderAsync(dataset.Id, new FolderLocation("/data", null), "agent", Ct);

        Assert.Equal(ErrorCode.Conflict, set.Error?.Code);
    }

    [Fact]
    public async Task A_file_that_was_just_written_is_not_hashed_yet()
    {
        await using TestSite site = await TestSite.OpenAsync(new SiteOptions { Folders = new FolderOptions { QuietSeconds = 3600 } });
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("a", "1"u8);
        await folder.RegisterAsync();

        int early = await site.Site.FolderHasher.HashAllAsync(Ct);
        site.Time.Advance(TimeSpan.FromHours(2));
        int later = await site.Site.FolderHasher.HashAllAsync(Ct);

        Assert.Equal((1, 0), (early, later));
    }

    [Fact]
    public async Task Failures_to_hash_files_are_logged_when_their_number_changes_and_then_once_a_minute()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("a", "1"u8);
        folder.Write("b", "2"u8);
        await folder.RegisterAsync();
        folder.Delete("a");
        var lines = new LogLines<FolderHasher>();
        var hasher = new FolderHasher(
            site.Site.Committer, site.Site.Records, site.Site.Blobs, site.Site.Folders, new FolderOptions(), site.Time, lines);
        site.Time.Advance(TimeSpan.FromMinutes(1));

        await HashAsync(times: 3);
        site.Time.Advance(TimeSpan.FromSeconds(61));
        await HashAsync(times: 3);
        folder.Write("c", "3"u8);
        folder.Write("d", "4"u8);
        await folder.RegisterAsync();
        folder.Delete("c");
        folder.Delete("d");
        site.Time.Advance(TimeSpan.FromSeconds(5));
        await HashAsync(times: 3);

        Assert.Equal([1, 1, 2], lines.Texts.Select(text => int.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture)));

        async Task HashAsync(int times)
        {
            for (int i = 0; i < times; i++)
            {
                await hasher.HashAllAsync(Ct);
            }
        }
    }

    [Fact]
    public async Task A_hash_that_comes_too_late_changes_nothing()
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        folder.Write("a", "first"u8);
        await folder.RegisterAsync();
        var old = (await site.Site.Records.ReadAsync(queries => queries.FolderFilesToHash(default, 10), Ct)).Single();
        folder.WaitForNextTick();
        folder.Write("a", "other"u8);
        await folder.RegisterAsync();

        Result<bool> set = await site.Site.Folders.SetHashAsync(old, BlobHash.Compute("first"u8), Ct);

        Assert.False(set.Value);
        Assert.True((await EntryAsync(folder, "a")).IsPending);
    }

    private static void Change(string path, string how)
    {
        using FileStream file = File.Open(path, how == "replaced" ? FileMode.Create : FileMode.Open);
        switch (how)
        {
            case "cut":
                file.SetLength(1000);
                break;
            case "cut and filled again":
                file.SetLength(0);
                file.SetLength(48 << 20);
                break;
            default:
                file.Write(new byte[48 << 20]);
                break;
        }
    }

    private static async Task<Entry> EntryAsync(FacilityFolder folder, string path)
    {
        HeadReader heads = folder.Site.Site.Heads;
        TreeView view = (await heads.ResolveAsync(folder.Dataset.Id, null, Ct)).Value;
        return (await heads.FindAsync(view, DatasetPath.Parse(path).Value, Ct))!;
    }

    private static async Task<SiteSnapshot> FoldAsync(FacilityFolder folder) => (await folder.Site.Site.HeadCompactor.CompactAsync(
        folder.Dataset.Id, CompactionRequest.Automatic, Ct)).Value!;

    private static Task<byte[]?> ReadAtAsync(FacilityFolder folder, string path, SiteSnapshot snapshot) =>
        folder.Site.ReadAsync(folder.Dataset.Id, path, SnapshotRef.OfNumber((int)snapshot.Number));
}
