using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Tests.Sites;

public sealed class SiteTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    [InlineData((9 << 20) + 77)]
    public async Task A_file_of_any_size_comes_back_as_it_was_also_after_a_restart(int size)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        byte[] content = RandomNumberGenerator.GetBytes(size);

        Result<bool> created = await site.PutAsync(dataset.Id, "a/b.bin", content);
        byte[]? live = await site.ReadAsync(dataset.Id, "a/b.bin");
        await site.ReopenAsync();
        byte[]? after = await site.ReadAsync(dataset.Id, "a/b.bin");

        Assert.True(created.Value);
        Assert.Equal(content, live);
        Assert.Equal(content, after);
    }

    [Fact]
    public async Task A_path_is_a_file_or_a_directory_never_both_in_overlay_and_tree()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        await site.PutAsync(dataset.Id, "a/b", "1");

        Result<bool> overDirectory = await site.PutAsync(dataset.Id, "a", "2");
        Result<bool> underFile = await site.PutAsync(dataset.Id, "a/b/c", "3");
        await site.Site.HeadCompactor.CompactAsync(dataset.Id, CompactionRequest.Automatic, Ct);
        Result<bool> overFoldedDirectory = await site.PutAsync(dataset.Id, "a", "2");
        Result<bool> underFoldedFile = await site.PutAsync(dataset.Id, "a/b/c", "3");
        await site.RemoveAsync(dataset.Id, "a/b");
        Result<bool> overEmptiedDirectory = await site.PutAsync(dataset.Id, "a", "2");

        Assert.Equal(ErrorCode.PathConflict, overDirectory.Error?.Code);
        Assert.Equal(ErrorCode.PathConflict, underFile.Error?.Code);
        Assert.Equal(ErrorCode.PathConflict, overFoldedDirectory.Error?.Code);
        Assert.Equal(ErrorCode.PathConflict, underFoldedFile.Error?.Code);
        Assert.True(overEmptiedDirectory.IsOk, overEmptiedDirectory.Error?.Message);
        Assert.Equal(["a"], await site.ListAsync(dataset.Id));
    }

    [Fact]
    public async Task Conditions_are_checked_against_the_head_whether_compacted_or_not()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        var onlyNew = new EntryCondition { MustNotExist = true };
        await site.PutAsync(dataset.Id, "x", "1");

        Result<bool> onOverlay = await site.PutAsync(dataset.Id, "x", "2"u8.ToArray(), onlyNew);
        await site.Site.HeadCompactor.CompactAsync(dataset.Id, CompactionRequest.Automatic, Ct);
        Result<bool> onTree = await site.PutAsync(dataset.Id, "x", "2"u8.ToArray(), onlyNew);
        Result<bool> matching = await site.PutAsync(dataset.Id, "x", "2"u8.ToArray(), new EntryCondition { MustBeOneOf = [BlobHash.Compute("1"u8)] });

        Assert.Equal(ErrorCode.PreconditionFailed, onOverlay.Error?.Code);
        Assert.Equal(ErrorCode.PreconditionFailed, onTree.Error?.Code);
        Assert.False(matching.Value);
        Assert.Equal("2"u8.ToArray(), await site.ReadAsync(dataset.Id, "x"));
    }

    [Fact]
    public async Task A_closed_dataset_refuses_every_write_and_can_be_derived()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset parent = await site.CreateAsync("lysozyme");
        await site.PutAsync(parent.Id, "a", "1");

        Result<SiteDataset> tooEarly = await site.Site.Lifecycle.CreateAsync(Child(parent, copy: false), Ct);
        Result<SiteDataset> closed = await site.Site.Lifecycle.CloseAsync(parent.Id, "anna", "done", Ct);
        Result<bool> put = await site.PutAsync(parent.Id, "b", "2");
        Result<Entry> removed = await site.RemoveAsync(parent.Id, "a");
        SiteDataset child = (await site.Site.Lifecycle.CreateAsync(Child(parent, copy: true), Ct)).Value;
        await site.PutAsync(child.Id, "b", "2");

        Assert.Equal(ErrorCode.DatasetOpen, tooEarly.Error?.Code);
        Assert.NotNull(closed.Value.Closed);
        Assert.Equal(ErrorCode.DatasetClosed, put.Error?.Code);
        Assert.Equal(ErrorCode.DatasetClosed, removed.Error?.Code);
        Assert.Equal(DatasetOrigin.Derived, child.Origin);
        Assert.Equal(["a", "b"], await site.ListAsync(child.Id));
        Assert.Equal(["a"], await site.ListAsync(parent.Id));
    }

    [Fact]
    public async Task A_rebuilt_database_equals_the_live_one_with_and_without_a_checkpoint()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        for (int i = 0; i < 50; i++)
        {
            await site.PutAsync(dataset.Id, $"frames/{i:d6}", $"frame {i}");
        }

        await site.Site.HeadCompactor.CompactAsync(dataset.Id, new CompactionRequest(SnapshotReason.Manual, "anna", "fifty"), Ct);
        await site.PutAsync(dataset.Id, "big", RandomNumberGenerator.GetBytes(3 << 20));
        await site.RemoveAsync(dataset.Id, "frames/000007");

        List<string> before = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);
        List<string> rebuilt = await site.DumpAsync();
        await site.Site.Checkpointer.WriteAsync(Ct);
        await site.PutAsync(dataset.Id, "after", "checkpoint");
        List<string> beforeSecond = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);
        List<string> fromCheckpoint = await site.DumpAsync();

        Assert.Equal(before, rebuilt);
        Assert.Equal(beforeSecond, fromCheckpoint);
    }

    [Fact]
    public async Task A_push_swaps_the_head_at_once_and_conflicts_with_another()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        SiteSession first = (await site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;
        SiteSession second = (await site.Site.Pushes.StartAsync(dataset.Id, null, "ben", Ct)).Value;
        var hash = BlobHash.Compute("hello"u8);
        var change = new TreeChange(DatasetPath.Parse("greeting").Value, Entry.File(hash, 5));

        Result<SiteSnapshot> unnamed = await site.Site.PushCommits.CommitAsync(first, [change], "no bytes", Ct);
        await site.UploadAsync(first, "hello"u8.ToArray());
        Result<SiteSnapshot> pushed = await site.Site.PushCommits.CommitAsync(first, [change], "hello", Ct);
        await site.UploadAsync(second, "hello"u8.ToArray());
        Result<SiteSnapshot> late = await site.Site.PushCommits.CommitAsync(second, [change], "hello too", Ct);

        Assert.Equal(ErrorCode.BlobNotNameable, unnamed.Error?.Code);
        Assert.Equal(1, pushed.Value.Number);
        Assert.Equal(ErrorCode.Conflict, late.Error?.Code);
        Assert.Equal("hello"u8.ToArray(), await site.ReadAsync(dataset.Id, "greeting"));
    }

    private static NewDataset Child(SiteDataset parent, bool copy) => new()
    {
        Id = new DatasetId(Guid.NewGuid()),
        Owner = "anna",
        Slug = "child",
        By = "anna",
        Parents = [new ParentVersion(parent.Id, null)],
        Copy = copy,
    };
}
