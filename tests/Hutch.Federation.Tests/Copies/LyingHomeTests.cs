using System.Text;
using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Contracts;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Federation.Tests.Copies;

/// <summary>A home that lies gets nowhere and is named; what it said truly is kept, and an honest home ends the copy.</summary>
public sealed class LyingHomeTests(LyingHomeTests.HonestHome honest) : IClassFixture<LyingHomeTests.HonestHome>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("page with another byte", "has the SHA-256")]
    [InlineData("page that was not asked for", "which was not asked for")]
    [InlineData("page larger than the history", "more than the history leaves for it")]
    [InlineData("page left out", "did not send page")]
    [InlineData("pages that end early", "broke")]
    [InlineData("file with another byte", "has the SHA-256")]
    [InlineData("file with more bytes", "bytes as")]
    [InlineData("file that was not asked for", "which was not asked for")]
    [InlineData("files that never end", "goes on after its end mark")]
    [InlineData("files that end early", "ended before its end mark")]
    [InlineData("file left out", "did not send")]
    [InlineData("large file with another byte", "have the SHA-256")]
    [InlineData("large file that never ends", "longer than the announced")]
    [InlineData("large file that ends early", "It goes on later")]
    [InlineData("history with another byte", "and it has signed")]
    [InlineData("history that never ends", "Its history has more than")]
    [InlineData("history of another dataset", "is for another dataset")]
    [InlineData("document of another dataset", "Its history is of another dataset")]
    [InlineData("statement for another zone", "is for another zone")]
    [InlineData("statement for another site", "is for another site")]
    [InlineData("statement of another epoch", "is of epoch 7")]
    [InlineData("statement of another key", "is not signed with its key")]
    [InlineData("signature with another byte", "is not signed with its key")]
    [InlineData("statement that is none", "cannot be read")]
    public async Task A_lie_ends_the_copy_and_leaves_nothing_that_can_be_read(string lie, string reason)
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);

        Result<CopyProgress> lied = await receiver.BringAsync(honest.Lying(lie));
        SiteDataset? then = await receiver.DatasetAsync();
        Result<CopyProgress> brought = await receiver.BringAsync(honest.Home);

        Assert.Contains(reason, lied.Error!.Message, StringComparison.Ordinal);
        Assert.Contains(honest.Home.Name, lied.Error.Message, StringComparison.Ordinal);
        Assert.Null(then);
        Assert.True(brought.IsOk, brought.Error?.Message);
        Assert.Equal(honest.Root, (await receiver.DatasetAsync())!.Root.Page);
    }

    [Fact]
    public async Task A_home_that_rewrites_what_was_copied_is_refused()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        Assert.True((await receiver.BringAsync(honest.Home)).IsOk);

        Result<CopyProgress> lied = await receiver.BringAsync(honest.Lying("history that was rewritten"));

        Assert.Contains("The history lacks snapshot @1", lied.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(honest.Root, (await receiver.DatasetAsync())!.Root.Page);
    }

    /// <summary>A zone with a dataset, and the key of a site that is to have it.</summary>
    public sealed class HonestHome : IAsyncLifetime
    {
        private SiteServer _zone = null!;
        private Intruder _site = null!;

        internal IHomePeer Home => _site.Home;

        internal CopyOrder Order { get; private set; } = null!;

        internal BlobHash Root { get; private set; }

        public async ValueTask InitializeAsync()
        {
            _zone = await SiteServer.StartAsync();
            string token = await _zone.InviteAsync("archive");
            _site = new Intruder(token);
            Assert.True((await _site.JoinAsync()).IsOk);
            DatasetInfo made = await _zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
            await _zone.Admin.PutEntryAsync(made.Id, "a/one.bin", Copied.Bytes(1000, 1), ct: Ct);
            await _zone.Admin.CreateSnapshotAsync(made.Id, new CreateSnapshot(), Ct);
            await _zone.Admin.PutEntryAsync(made.Id, "a/two.bin", Copied.Bytes(3_000_000, 2), ct: Ct);
            await _zone.Admin.PutEntryAsync(made.Id, "large.bin", Copied.Bytes((9 << 20) + 1, 3), ct: Ct);
            SnapshotInfo newest = await _zone.Admin.CreateSnapshotAsync(made.Id, new CreateSnapshot(), Ct);
            await _zone.Admin.AskCopyAsync(made.Id, new AskCopy { Site = "archive" }, Ct);
            Root = newest.Root;
            Order = new CopyOrder(
                Hutch.Model.Sites.JoinToken.Parse(token).Value.Zone, SiteKeyOf(_site), made.Id, "admin", "scan", 1);
        }

        public async ValueTask DisposeAsync()
        {
            _site.Dispose();
            await _zone.DisposeAsync();
        }

        internal LyingHome Lying(string lie) => lie switch
        {
            "page with another byte" => new LyingHome(Home) { OfPages = bytes => Changed(bytes, 600) },
            "page that was not asked for" => new LyingHome(Home) { OfPages = static bytes => Renamed(bytes) },
            "page larger than the history" => new LyingHome(Home) { OfPages = static bytes => Resized(bytes, 50_000_000) },
            "page left out" => new LyingHome(Home) { OfPages = static bytes => new MemoryStream(bytes[^1024..]) },
            "pages that end early" => new LyingHome(Home) { OfPages = static bytes => new MemoryStream(bytes[..700]) },
            "file with another byte" => new LyingHome(Home) { OfBlobs = bytes => Changed(bytes, 600) },
            "file with more bytes" => new LyingHome(Home) { OfBlobs = static bytes => Resized(bytes, 1001) },
            "file that was not asked for" => new LyingHome(Home) { OfBlobs = static bytes => Renamed(bytes) },
            "files that never end" => new LyingHome(Home) { OfBlobs = static bytes => new EndlessStream(bytes) },
            "files that end early" => new LyingHome(Home) { OfBlobs = static bytes => new MemoryStream(bytes[..700]) },
            "file left out" => new LyingHome(Home) { OfBlobs = static bytes => new MemoryStream(bytes[^1024..]) },
            "large file with another byte" => new LyingHome(Home) { OfPart = bytes => Changed(bytes, 1 << 20) },
            "large file that never ends" => new LyingHome(Home) { OfPart = static bytes => new EndlessStream(bytes) },
            "large file that ends early" => new LyingHome(Home) { OfPart = static bytes => new MemoryStream(bytes[..(1 << 20)]) },
            "history with another byte" => new LyingHome(Home)
            {
                OfHistory = static offer => offer with { Document = new MemoryStream("hutch-history 1\n"u8.ToArray()) },
            },
            "history that never ends" => new LyingHome(Home)
            {
                OfHistory = static offer => offer with { Document = new EndlessStream([]) },
            },
            "history of another dataset" => Saying(statement => statement with { Dataset = new DatasetId(Guid.NewGuid()) }),
            "statement for another zone" => Saying(static statement => statement with { Zone = "0123456789abcdef" }),
            "statement for another site" => Saying(static statement => statement with { Receiver = BlobHash.Of("x"u8) }),
            "statement of another epoch" => Saying(static statement => statement with { Epoch = 7 }),
            "statement of another key" => Saying(static statement => statement, SiteKey.Read(SiteKey.Make())),
            "signature with another byte" => new LyingHome(Home)
            {
                OfHistory = static offer => offer with { Signature = [.. offer.Signature[..^1], (byte)(offer.Signature[^1] ^ 1)] },
            },
            "statement that is none" => new LyingHome(Home) { OfHistory = static offer => offer with { Statement = "no"u8.ToArray() } },
            "document of another dataset" => Writing(text =>
                text.Replace(Order.Dataset.ToString(), Guid.NewGuid().ToString(), StringComparison.Ordinal)),
            "history that was rewritten" => Writing(static text => string.Join(
                '\n', text.Split('\n').Where(static line => !line.Contains("\"number\":1,", StringComparison.Ordinal)))),
            _ => throw new ArgumentOutOfRangeException(nameof(lie)),
        };

        private static BlobHash SiteKeyOf(Intruder site) => Hutch.Model.Sites.SiteKeyText.Parse(site.Key).Value;

        private static MemoryStream Changed(byte[] bytes, int at)
        {
            bytes[at] ^= 1;
            return new MemoryStream(bytes);
        }

        /// <summary>Gives the first member another name.</summary>
        private static MemoryStream Renamed(byte[] bytes)
        {
            bytes["blobs/".Length] = bytes["blobs/".Length] == (byte)'0' ? (byte)'1' : (byte)'0';
            return Checked(bytes);
        }

        /// <summary>Gives the first member another size.</summary>
        private static MemoryStream Resized(byte[] bytes, long size)
        {
            Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0')).CopyTo(bytes, 124);
            return Checked(bytes);
        }

        private static MemoryStream Checked(byte[] bytes)
        {
            bytes.AsSpan(148, 8).Fill((byte)' ');
            int sum = bytes.Take(512).Sum(static one => (int)one);
            Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(bytes, 148);
            return new MemoryStream(bytes);
        }

        /// <summary>The home's own key signs something else.</summary>
        private LyingHome Saying(Func<HistoryStatement, HistoryStatement> change, SiteKey? key = null) => new(Home)
        {
            OfHistory = offer => Sign(change(Read(offer)), offer.Document, key),
        };

        private LyingHome Writing(Func<string, string> change) => new(Home)
        {
            OfHistory = offer =>
            {
                using var reader = new StreamReader(offer.Document);
                byte[] document = Encoding.UTF8.GetBytes(change(reader.ReadToEndAsync(Ct).GetAwaiter().GetResult()));
                return Sign(Read(offer) with { History = BlobHash.Of(document) }, new MemoryStream(document), null);
            },
        };

        private HistoryStatement Read(OfferedHistory offer) => HistoryStatement.Read(Home.Key, offer.Statement, offer.Signature).Value;

        private OfferedHistory Sign(HistoryStatement statement, Stream document, SiteKey? key)
        {
            SiteKey signer = key ?? SiteKey.Read(File.ReadAllText(_zone.KeyFile));
            byte[] signed = statement.Write(signer, DateTimeOffset.UtcNow);
            return new OfferedHistory(signed, signer.Sign(signed), document);
        }
    }

    /// <summary>A site that gets the copy, without a server around it.</summary>
    private sealed class Receiver(string folder, SiteServices site, HonestHome honest) : IAsyncDisposable
    {
        public static async Task<Receiver> StartAsync(HonestHome honest)
        {
            string folder = Directory.CreateTempSubdirectory("hutch-copies-").FullName;
            SiteServices site = await SiteServices.OpenAsync(
                Hutch.Disk.LocalDisk.Instance, folder, new SiteOptions(), TimeProvider.System, NullLoggerFactory.Instance, Ct);
            return new Receiver(folder, site, honest);
        }

        public Task<Result<CopyProgress>> BringAsync(IHomePeer home) =>
            new CopyTransfer(home, site.Copies, honest.Order, TimeProvider.System).RunAsync(Ct);

        public async Task<SiteDataset?> DatasetAsync() =>
            await site.Records.ReadAsync(queries => queries.Dataset(honest.Order.Dataset), Ct);

        public async ValueTask DisposeAsync()
        {
            await site.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
