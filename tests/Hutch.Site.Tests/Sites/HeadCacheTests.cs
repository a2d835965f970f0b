using System.Security.Cryptography;
using System.Text;
using Hutch.Messaging.InProcess;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Write.Events;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Tests.Sites;

/// <summary>What is kept in memory of heads is never older than what was answered.</summary>
public sealed class HeadCacheTests
{
    private const int Writers = 4;
    private const int Rounds = 60;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writers_read_their_own_writes_during_other_writes_and_compactions()
    {
        await using TestSite test = await TestSite.OpenAsync();
        SiteDataset dataset = await test.CreateAsync("busy");
        using var done = new CancellationTokenSource();
        Task folding = FoldAsync(test, dataset.Id, done.Token);

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAndLookAsync(test, dataset.Id, $"d/{writer}"), Ct)));

        await done.CancelAsync();
        await folding;
        Assert.Equal(Enumerable.Range(0, Writers).Select(writer => $"d/{writer}"), await test.ListAsync(dataset.Id));
    }

    [Fact]
    public async Task The_size_of_a_head_is_known_before_its_first_tree_however_many_files_it_has()
    {
        await using TestSite test = await TestSite.OpenAsync();
        SiteDataset dataset = await test.CreateAsync("growing");
        foreach ((string path, string text) in new[] { ("a", "1"), ("b", "22"), ("c", "333"), ("a", "4444") })
        {
            Assert.True((await test.PutAsync(dataset.Id, path, text)).IsOk);
        }

        Assert.True((await test.RemoveAsync(dataset.Id, "b")).IsOk);

        Assert.Equal((new HeadSize(2, 7), 0), await test.Site.Heads.MeasureAsync(dataset, maxRows: 1, Ct));
    }

    [Fact]
    public async Task Entries_beyond_the_size_of_the_cache_are_found()
    {
        await using TestSite test = await TestSite.OpenAsync();
        SiteDataset dataset = await test.CreateAsync("many");
        var heads = new HeadCache(test.Site.Committer, test.Site.Records, maxBytes: 1000);
        for (int i = 0; i < 10; i++)
        {
            DatasetPath path = DatasetPath.Parse($"f{i}").Value;
            Assert.False((await heads.FindAsync(dataset.Id, path, Ct))!.Value.Change.IsChanged);
            Assert.True((await test.PutAsync(dataset.Id, path.Value, $"{i}")).IsOk);
            Assert.Equal(1, (await heads.FindAsync(dataset.Id, path, Ct))!.Value.Change.Entry!.Size);
            Assert.True((await heads.FindAsync(dataset.Id, DatasetPath.Parse("f0").Value, Ct))!.Value.Change.IsChanged);
        }
    }

    [Fact]
    public async Task The_number_of_a_head_is_that_of_the_last_record_that_changed_it_also_when_it_is_read_anew_or_rebuilt()
    {
        await using TestSite test = await TestSite.OpenAsync();
        SiteDataset dataset = await test.CreateAsync("numbered");
        SiteDataset other = await test.CreateAsync("other");
        Func<Task>[] changes =
        [
            () => test.PutAsync(dataset.Id, "a", "1"),
            () => test.PutAsync(dataset.Id, "a", "2"),
            () => test.RemoveAsync(dataset.Id, "a"),
            () => test.Site.HeadCompactor.CompactAsync(dataset.Id, CompactionRequest.Automatic, Ct),
            () => test.PutAsync(dataset.Id, "b", "3"),
            () => test.Site.Lifecycle.CloseAsync(dataset.Id, "anna", null, Ct),
        ];
        var numbers = new List<long> { await test.Site.Heads.ChangedAsync(dataset.Id, Ct) };
        foreach (Func<Task> change in changes)
        {
            await change();
            numbers.Add(await test.Site.Heads.ChangedAsync(dataset.Id, Ct));
            await test.PutAsync(other.Id, "not of this head", "x");
            Assert.Equal(numbers[^1], await test.Site.Heads.ChangedAsync(dataset.Id, Ct));
            await test.ReopenAsync();
            Assert.Equal(numbers[^1], await test.Site.Heads.ChangedAsync(dataset.Id, Ct));
            await test.ReopenAsync(withoutDatabase: true);
            Assert.Equal(numbers[^1], await test.Site.Heads.ChangedAsync(dataset.Id, Ct));
        }

        Assert.Equal(dataset.Key, numbers[0]);
        Assert.Equal(numbers.Order().Distinct(), numbers);
    }

    [Fact]
    public async Task A_change_of_the_dataset_is_visible_to_the_next_reader()
    {
        await using TestSite test = await TestSite.OpenAsync();
        SiteDataset dataset = await test.CreateAsync("closing");
        Assert.True((await test.PutAsync(dataset.Id, "a", "1")).IsOk);
        Assert.Null((await test.Site.Heads.ResolveAsync(dataset.Id, null, Ct)).Value.Number);

        Assert.True((await test.Site.Lifecycle.CloseAsync(dataset.Id, "anna", null, Ct)).IsOk);

        Assert.Equal(1, (await test.Site.Heads.ResolveAsync(dataset.Id, null, Ct)).Value.Number);
        Assert.Equal(ErrorCode.DatasetClosed, (await test.Site.Lanes.ForWritingAsync(dataset.Id, Ct)).Error!.Code);
    }

    [Fact]
    public async Task A_large_file_is_found_until_it_is_forgotten_and_again_when_it_comes_again()
    {
        await using TestSite test = await TestSite.OpenAsync();
        SiteDataset dataset = await test.CreateAsync("large");
        byte[] bytes = RandomNumberGenerator.GetBytes(9 << 20);
        BlobHash hash = BlobHash.Compute(bytes);
        Assert.Null(await test.Site.Blobs.FindAsync(hash, Ct));
        Assert.True((await test.PutAsync(dataset.Id, "a", bytes)).IsOk);
        Assert.Equal(bytes, await test.ReadAsync(dataset.Id, "a"));
        Assert.NotNull(await test.Site.Blobs.FindAsync(hash, Ct));

        await RemoveAsync(test, hash);
        Assert.Null(await test.Site.Blobs.FindAsync(hash, Ct));

        Assert.True((await test.PutAsync(dataset.Id, "b", bytes)).IsOk);
        Assert.Equal(bytes, await test.ReadAsync(dataset.Id, "b"));
    }

    [Fact]
    public async Task A_filtered_outbox_reader_receives_its_message_after_many_unrelated_ones()
    {
        await using TestSite test = await TestSite.OpenAsync();
        SiteDataset dataset = await test.CreateAsync("quiet");
        SiteOutbox outbox = test.Site.Outbox;
        await using IAsyncEnumerator<OutboxMessage> lines =
            outbox.ReadAsync(await outbox.NewestAsync(Ct), ["dataset.closed"], Ct).GetAsyncEnumerator(Ct);
        Task<bool> next = lines.MoveNextAsync().AsTask();
        for (int i = 0; i < 50; i++)
        {
            Assert.True((await test.PutAsync(dataset.Id, $"f{i}", "x")).IsOk);
        }

        Assert.False(next.IsCompleted);
        Assert.True((await test.Site.Lifecycle.CloseAsync(dataset.Id, "anna", null, Ct)).IsOk);

        Assert.True(await next);
        Assert.Equal("dataset.closed", lines.Current.Message.Topic);
    }

    private static async Task RemoveAsync(TestSite test, BlobHash hash)
    {
        Result<Done> forgotten = await test.Site.Committer.CommitAsync<Done>(
            context =>
            {
                context.Emit(new JournalRecord.BlobForgotten(hash));
                return Done.Value;
            },
            [],
            Ct);
        Assert.True(forgotten.IsOk);
    }

    private static async Task WriteAndLookAsync(TestSite test, DatasetId dataset, string path)
    {
        for (int i = 0; i < Rounds; i++)
        {
            byte[] content = Encoding.UTF8.GetBytes($"{path} {i}");
            Assert.True((await test.PutAsync(dataset, path, content)).IsOk);
            Assert.Equal(content, await test.ReadAsync(dataset, path));
            if (i % 3 == 0)
            {
                Assert.True((await test.RemoveAsync(dataset, path)).IsOk);
                Assert.Null(await test.ReadAsync(dataset, path));
            }
        }
    }

    private static async Task FoldAsync(TestSite test, DatasetId dataset, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            Assert.True((await test.Site.HeadCompactor.CompactAsync(dataset, CompactionRequest.Automatic, Ct)).IsOk);
            await Task.Yield();
        }
    }
}
