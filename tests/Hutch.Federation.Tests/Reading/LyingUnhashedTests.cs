using Hutch.Disk;
using Hutch.Federation.Copies;
using Hutch.Federation.Links;
using Hutch.Federation.Reading;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site;
using Hutch.Site.Replication.Copies;
using Hutch.Site.Write.Folders;
using Hutch.Site.Write.Heads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Federation.Tests.Reading;

/// <summary>A home that lies about files that it has not hashed gets nowhere, and is named.</summary>
public sealed class LyingUnhashedTests(HonestHome honest) : IClassFixture<HonestHome>
{
    private static readonly UnhashedLine One = Line("a.mrc");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("above the dataset", "a path that is none")]
    [InlineData("absolute", "a path that is none")]
    [InlineData("reserved", "which no folder can have like this")]
    [InlineData("negative size", "which no folder can have like this")]
    [InlineData("huge size", "which no folder can have like this")]
    [InlineData("content type", "which no folder can have like this")]
    [InlineData("twice", "'a.mrc' behind 'a.mrc'")]
    [InlineData("disorder", "'a.mrc' behind 'b.mrc'")]
    [InlineData("too many", "at most 1000 were asked for")]
    [InlineData("back", "does not continue where it ended")]
    public async Task An_invalid_list_of_unhashed_files_is_refused(string lie, string reason)
    {
        Result<IReadOnlyList<PathEntry>?> asked = await RequestAsync(Saying(after => Lie(lie, after)));

        Assert.StartsWith($"From {honest.Home.Name}: ", asked.Error!.Message, StringComparison.Ordinal);
        Assert.Contains(reason, asked.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_list_that_never_ends_ten_thousand_files_are_taken()
    {
        int asked = 0;
        LyingHome lying = Saying(_ => new UnhashedAnswer
        {
            Files = [.. Enumerable.Range(asked++ * 1000, 1000).Select(static number => Line($"{number:d9}"))],
            Next = $"{(asked * 1000) - 1:d9}",
        });

        IReadOnlyList<PathEntry>? files = (await RequestAsync(lying)).Value;

        Assert.Equal((10_000, 10), (files!.Count, asked));
    }

    [Fact]
    public async Task A_list_that_takes_too_long_is_waited_for_no_longer()
    {
        var stuck = new LyingHome(honest.Home)
        {
            OfUnhashed = static async (_, ct) =>
            {
                await Task.Delay(Timeout.Infinite, ct);
                return new UnhashedAnswer { Files = [] };
            },
        };

        Result<IReadOnlyList<PathEntry>?> asked = await new UnhashedList(stuck, honest.Order.Dataset).RequestAsync(
            new AnswerTimeout(TimeSpan.FromMilliseconds(1), TimeProvider.System), Ct);

        Assert.Equal(ErrorCode.Unavailable, asked.Error!.Code);
    }

    [Fact]
    public async Task An_older_home_has_no_list_of_unhashed_files_and_the_hash_of_an_entry_follows_from_its_description()
    {
        Result<IReadOnlyList<PathEntry>?> earlier = await RequestAsync(new LyingHome(honest.Home)
        {
            OfUnhashed = static (_, _) => Task.FromResult<Result<UnhashedAnswer>>(
                ErrorCode.NotFound.With("There is no such request between sites.")),
        });
        Entry first = Assert.Single((await RequestAsync(Telling(One))).Value!).Entry;
        Entry changed = Assert.Single((await RequestAsync(Telling(One with { Changed = One.Changed + 1 }))).Value!).Entry;

        Assert.Null(earlier.Value);
        Assert.True(first.IsPending);
        Assert.NotEqual(first.Hash, changed.Hash);
    }

    [Fact]
    public async Task Fewer_bytes_than_the_file_has_are_no_answer_and_more_are_not_read()
    {
        await using RemoteReader reader = RemoteReader.From(honest, new LyingHome(honest.Home) { OfUnhashedPart = static () => new MemoryStream(new byte[99]) });
        Entry entry = new UnhashedFile(DatasetPath.Parse("a.mrc").Value, new FileStamp(100, 1, 1, 1), false, null).ToEntry(honest.Order.Dataset);
        var endless = new EndlessStream([]);
        var bytes = new byte[100];

        var few = await Assert.ThrowsAsync<HutchException>(() => ReadAsync());
        reader.Home = new LyingHome(honest.Home) { OfUnhashedPart = () => endless };
        await ReadAsync();
        reader.Home = null;
        var away = await Assert.ThrowsAsync<HutchException>(() => ReadAsync());

        Assert.Equal(ErrorCode.Unavailable, few.Error.Code);
        Assert.Contains($"{honest.Home.Name} ended the bytes of 'a.mrc' 1 too early", few.Error.Message, StringComparison.Ordinal);
        Assert.Equal(100, endless.Given);
        Assert.Contains("'a.mrc' is not hashed yet, so that only the home of the dataset has it", away.Error.Message, StringComparison.Ordinal);

        Task ReadAsync() =>
            reader.Origin.FindUnhashed(DatasetPath.Parse("a.mrc").Value, entry).ReadAsync(new Extent(0, 100, 0), bytes, Ct).AsTask();
    }

    [Fact]
    public async Task Unhashed_files_never_replace_hashed_ones_and_leave_no_rows_once_the_home_stops_listing_them()
    {
        await using RemoteReader reader = RemoteReader.From(honest, honest.Home);
        string folder = Directory.CreateTempSubdirectory("hutch-reading-").FullName;
        await using (SiteServices site = await SiteServices.OpenAsync(
            LocalDisk.Instance, folder, SiteOptions.ForReading(reader.Origin), TimeProvider.System, NullLoggerFactory.Instance, Ct))
        {
            IReadOnlyList<PathEntry> told = (await RequestAsync(Telling(Line("a/one.bin"), Line("a/three.bin"), Line("large.bin"), Line("z.bin")))).Value!;
            await ReadHistoryAsync(site, told);
            TreeView head = (await site.Heads.ResolveAsync(honest.Order.Dataset, null, Ct)).Value;
            TreeView version = (await site.Heads.ResolveAsync(honest.Order.Dataset, SnapshotRef.OfNumber(2), Ct)).Value;
            string[] before = await ShowAsync(site, head, delimited: false);
            string[] top = await ShowAsync(site, head, delimited: true);
            string[] fixedFiles = await ShowAsync(site, version, delimited: false);
            Entry? one = await site.Heads.FindAsync(head, DatasetPath.Parse("a/one.bin").Value, Ct);
            Entry? three = await site.Heads.FindAsync(head, DatasetPath.Parse("a/three.bin").Value, Ct);
            (HeadSize Size, int Rows)? size = await site.Heads.MeasureAsync(head.Dataset, 100, Ct);
            await site.Copies.NoteUnhashedAsync(honest.Order.Dataset, [told[^1]], Ct);
            string[] fewer = await ShowAsync(site, head, delimited: false);
            await site.Copies.NoteUnhashedAsync(honest.Order.Dataset, [], Ct);
            string[] after = await ShowAsync(site, head, delimited: false);
            bool isClean = !await site.Records.ReadAsync(queries => queries.HasOverlay(head.Dataset.Key), Ct);

            Assert.Equal(["a/one.bin", "a/three.bin ?", "a/two.bin", "large.bin", "z.bin ?"], before);
            Assert.Equal(["a/", "large.bin", "z.bin ?"], top);
            Assert.Equal(["a/one.bin", "a/two.bin", "large.bin"], fixedFiles);
            Assert.False(one!.IsPending);
            Assert.True(three!.IsPending);
            Assert.Equal(5, size!.Value.Size.Files);
            Assert.Equal(["a/one.bin", "a/two.bin", "large.bin", "z.bin ?"], fewer);
            Assert.Equal(fixedFiles, after);
            Assert.True(isClean);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_copy_takes_no_notice_of_them()
    {
        string folder = Directory.CreateTempSubdirectory("hutch-copy-").FullName;
        await using (SiteServices site = await SiteServices.OpenAsync(
            LocalDisk.Instance, folder, new SiteOptions(), TimeProvider.System, NullLoggerFactory.Instance, Ct))
        {
            await ReadHistoryAsync(site, (await RequestAsync(Telling(One))).Value!);

            SiteDataset copy = (await site.Heads.DatasetAsync(honest.Order.Dataset, Ct)).Value;
            Assert.False(await site.Records.ReadAsync(queries => queries.HasOverlay(copy.Key), Ct));
        }

        Directory.Delete(folder, recursive: true);
    }

    private async Task ReadHistoryAsync(SiteServices site, IReadOnlyList<PathEntry> told)
    {
        CheckedHistory came = (await new HistorySource(honest.Home, honest.Order).RequestAsync(null, Ct)).Value!;
        SiteSession session = (await site.Copies.BeginAsync(honest.Order.Dataset, Ct)).Value;
        Result<SiteDataset> read = await site.Copies.ReadAsync(
            session, came.History, new CopyTerms(honest.Order.Dataset, "admin", "scan", honest.Home.Key, came.Epoch), told, Ct);
        Assert.True(read.IsOk, read.Error?.Message);
    }

    private static async Task<string[]> ShowAsync(SiteServices site, TreeView view, bool delimited) =>
        [.. (await site.Heads.ListAsync(view, new ListQuery { Delimited = delimited }, Ct)).Items
            .Select(static item => item.Path + (item.Entry?.IsPending == true ? " ?" : ""))];

    private Task<Result<IReadOnlyList<PathEntry>?>> RequestAsync(IHomePeer home) =>
        new UnhashedList(home, honest.Order.Dataset).RequestAsync(new AnswerTimeout(TimeSpan.FromMinutes(1), TimeProvider.System), Ct);

    private LyingHome Telling(params UnhashedLine[] files) => Saying(_ => new UnhashedAnswer { Files = files });

    private LyingHome Saying(Func<string?, UnhashedAnswer> say) => new(honest.Home)
    {
        OfUnhashed = (after, _) => Task.FromResult<Result<UnhashedAnswer>>(say(after)),
    };

    private static UnhashedAnswer Lie(string lie, string? after) => lie switch
    {
        "above the dataset" => new UnhashedAnswer { Files = [Line("../a.mrc")] },
        "absolute" => new UnhashedAnswer { Files = [Line("/etc/passwd")] },
        "reserved" => new UnhashedAnswer { Files = [Line(".hutch/config")] },
        "negative size" => new UnhashedAnswer { Files = [One with { Size = -1 }] },
        "huge size" => new UnhashedAnswer { Files = [One with { Size = long.MaxValue }] },
        "content type" => new UnhashedAnswer { Files = [One with { ContentType = "text/html\r\nSet-Cookie: a=b" }] },
        "twice" => new UnhashedAnswer { Files = [One, One] },
        "disorder" => new UnhashedAnswer { Files = [Line("b.mrc"), One] },
        "too many" => new UnhashedAnswer { Files = [.. Enumerable.Range(0, 1001).Select(static number => Line($"{number:d4}"))] },
        _ => new UnhashedAnswer { Files = after is null ? [One] : [], Next = "a.mrc" },
    };

    private static UnhashedLine Line(string path) => new() { Path = path, Size = 100, Modified = 1, Changed = 2, Inode = 3 };
}
