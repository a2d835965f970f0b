using System.Globalization;
using System.Text;
using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Testing;

namespace Hutch.Catalog.Tests.Site;

/// <summary>What a push may name is found in whichever of two tables it is.</summary>
public sealed class SessionBlobTests : IAsyncDisposable
{
    private static readonly Guid Push = new(1, 0, 0, new byte[8]);
    private static readonly Guid Other = new(2, 0, 0, new byte[8]);

    private readonly TemporaryFolder _folder = new();
    private readonly List<SiteDatabase> _opened = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (SiteDatabase one in _opened)
        {
            await one.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData(3, 5, true)]
    [InlineData(SiteWriter.MaxSessionLists - 2, 1, true)]
    [InlineData(SiteWriter.MaxSessionLists, 1, false)]
    [InlineData(SiteWriter.MaxSessionLists + 3, 2, true)]
    [InlineData(4, SiteWriter.MaxListedHashes / 4, false)]
    [InlineData(5, SiteWriter.MaxListedHashes / 4, true)]
    public async Task A_push_may_name_only_the_blobs_that_it_sent(int lists, int each, bool areListsLeft)
    {
        SiteDatabase site = await OpenAsync("site.db");
        long sequence = Start(site.Writer);
        BlobHash[][] brought = [.. Enumerable.Range(0, lists).Select(list => Enumerable.Range(0, each).Select(i => Hash((list * each) + i)).ToArray())];
        BlobHash[] all = [.. brought.SelectMany(static list => list)];
        BlobHash[] others = [.. Enumerable.Range(all.Length, 100).Select(Hash)];
        Write(site.Writer, [.. brought.Select(list => new JournalRecord.SessionBlobs(Push, list)), new JournalRecord.SessionBlobs(Other, others)], ref sequence);

        // Once more, as after an answer that was lost.
        Write(site.Writer, [new JournalRecord.SessionBlobs(Push, brought[^1]), new JournalRecord.SessionBlobs(Push, [])], ref sequence);

        await site.ReadAsync(
            queries =>
            {
                Assert.Equal(all.ToHashSet(), queries.SessionMayName(Push, all.Concat(others)));
                Assert.Equal(others.ToHashSet(), queries.SessionMayName(Other, all.Concat(others)));
                Assert.All((BlobHash[])[all[0], all[^1]], hash => Assert.True(queries.SessionMayName(Push, hash)));
                Assert.All((BlobHash[])[others[0], Straddling(all)], hash => Assert.False(queries.SessionMayName(Push, hash)));
                Assert.Equal(all.Order(), queries.SessionBlobs(Push));
                Assert.Equal(all.Concat(others).ToHashSet(), queries.PinnedBlobs().ToHashSet());
                return true;
            },
            Ct);
        Assert.Equal(areListsLeft, (await DumpAsync(site)).Count(line => line.Contains("session_lists", StringComparison.Ordinal)) > 2);

        SiteDatabase copy = await OpenAsync("copy.db");
        using (SiteLoad load = copy.BeginLoad())
        {
            foreach (string line in await DumpAsync(site))
            {
                load.Add(Encoding.UTF8.GetBytes(line));
            }

            load.Complete();
        }

        Assert.Equal(await DumpAsync(site), await DumpAsync(copy));
    }

    [Fact]
    public async Task What_pushes_hold_is_read_list_by_list_and_not_put_together()
    {
        SiteDatabase site = await OpenAsync("site.db");
        long sequence = Start(site.Writer);
        Write(
            site.Writer,
            [new JournalRecord.SessionBlobs(Push, [Hash(0), Hash(1)]), new JournalRecord.SessionBlobs(Other, [Hash(1)])],
            ref sequence);

        Assert.Equal([Hash(0), Hash(1), Hash(1)], await site.ReadAsync(static queries => queries.PinnedBlobs().ToList(), Ct));
    }

    [Fact]
    public async Task A_push_that_ended_may_name_nothing_and_leaves_nothing()
    {
        SiteDatabase site = await OpenAsync("site.db");
        long sequence = Start(site.Writer);
        string[] before = [.. (await DumpAsync(site)).Where(IsOfBlobs)];
        Write(
            site.Writer,
            [.. Enumerable.Range(0, SiteWriter.MaxSessionLists + 1).Select(i => new JournalRecord.SessionBlobs(Push, [Hash(i)]))],
            ref sequence);

        Write(site.Writer, [new JournalRecord.SessionEnded(Push)], ref sequence);

        Assert.False(await site.ReadAsync(queries => queries.SessionMayName(Push, Hash(0)), Ct));
        Assert.Equal(before, (await DumpAsync(site)).Where(IsOfBlobs));

        static bool IsOfBlobs(string line) => line.Contains("session_blobs", StringComparison.Ordinal) || line.Contains("session_lists", StringComparison.Ordinal);
    }

    private static BlobHash Hash(int number) => BlobHash.Compute(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The end of a hash and the beginning of the next, as they stand in a list.</summary>
    private static BlobHash Straddling(BlobHash[] list) =>
        BlobHash.Parse(list[0].ToString()[32..] + list[^1].ToString()[..32]).Value;

    private static long Start(SiteWriter writer)
    {
        long sequence = 0;
        Write(
            writer,
            [.. new[] { Push, Other }.Select(push => new JournalRecord.SessionStarted(push, new DatasetId(push), "ada", null, long.MaxValue, IsCopy: true))],
            ref sequence);
        return sequence;
    }

    private static void Write(SiteWriter writer, IEnumerable<JournalRecord> records, ref long sequence)
    {
        writer.Begin();
        foreach (JournalRecord record in records)
        {
            writer.Apply(record with { Sequence = ++sequence }, []);
        }

        writer.Commit();
    }

    private static Task<string[]> DumpAsync(SiteDatabase site) => site.ReadSnapshotAsync(
        session => Task.FromResult(SiteRows.Dump(session).Select(line => Encoding.UTF8.GetString(line.Span)).ToArray()), Ct);

    private async Task<SiteDatabase> OpenAsync(string name)
    {
        SiteDatabase site = await SiteDatabase.OpenAsync(_folder[name], isChecked: false, TimeProvider.System, Ct);
        _opened.Add(site);
        return site;
    }
}
