using System.Text;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Model;
using Hutch.Model.Sites;

namespace Hutch.Federation.Tests.Support;

/// <summary>A zone with a dataset, and the key of a site that is to have it.</summary>
public class HonestHome : IAsyncLifetime
{
    private SiteServer _zone = null!;
    private Intruder _site = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal IHomePeer Home => _site.Home;

    internal IZoneReports Reports => _site.Home;

    internal CopyOrder Order { get; private set; } = null!;

    internal BlobHash Root { get; private set; }

    /// <summary>Bytes of its large file.</summary>
    internal virtual int LargeBytes => (9 << 20) + 1;

    /// <summary>Small files besides.</summary>
    internal virtual int MoreFiles => 0;

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
        await _zone.Admin.PutEntryAsync(made.Id, "large.bin", Copied.Bytes(LargeBytes, 3), ct: Ct);
        for (int i = 0; i < MoreFiles; i++)
        {
            await _zone.Admin.PutEntryAsync(made.Id, $"more/{i}", Copied.Bytes(10, 1000 + i), ct: Ct);
        }

        SnapshotInfo newest = await _zone.Admin.CreateSnapshotAsync(made.Id, new CreateSnapshot(), Ct);
        await _zone.Admin.RequestCopyAsync(made.Id, new AskCopy { Site = "archive" }, Ct);
        Root = newest.Root;
        Order = new CopyOrder(
            JoinToken.Parse(token).Value.Zone, SiteKeyOf(_site), made.Id, "admin", "scan", 1);
    }

    public async ValueTask DisposeAsync()
    {
        _site.Dispose();
        await _zone.DisposeAsync();
        GC.SuppressFinalize(this);
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
        "part with another byte" => new LyingHome(Home) { OfExtents = bytes => Changed(bytes, 1 << 20) },
        "part that another key has signed" => new LyingHome(Home) { OfExtents = bytes => Signed(bytes, SiteKey.Read(SiteKey.Make())) },
        "part of another file" => new LyingHome(Home) { OfExtents = bytes => Signed(Changed(bytes, 1 << 20).ToArray(), Own) },
        "signed parts that end early" => new LyingHome(Home) { OfExtents = static bytes => new MemoryStream(bytes[..(1 << 20)]) },
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
        "statement for another site" => Saying(static statement => statement with { Receiver = BlobHash.Compute("x"u8) }),
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
        "history with a run" => Writing(text => text + Run(",\"external\":true,\"finished\":2,\"outcome\":\"done\"")),
        "history in which that run ended otherwise" => Writing(
            text => text + Run(",\"external\":true,\"finished\":2,\"outcome\":\"failed\"")),
        "history with a run of workers that goes on" => Writing(text => text + Run("")),
        _ => throw new ArgumentOutOfRangeException(nameof(lie)),
    };

    private string Run(string rest) =>
        "{\"k\":\"run\",\"run\":\"0a1b2c3d-3b4e-4c5d-8e9f-0a1b2c3d4e5f\",\"program\":\"fit\",\"version\":\"1\",\"user\":\"admin\",\"started\":1,"
        + $"\"inputs\":[],\"outputs\":[\"{Order.Dataset}\"]{rest}}}\n";

    /// <summary>The home's own key.</summary>
    private SiteKey Own => SiteKey.Read(File.ReadAllText(_zone.KeyFile));

    /// <summary>Signs for the first part of the large file, whatever it is.</summary>
    private static MemoryStream Signed(byte[] bytes, SiteKey key)
    {
        const int End = ExtentStatement.ExtentBytes;
        byte[] large = Copied.Bytes((9 << 20) + 1, 3);
        new ExtentStatement(BlobHash.Compute(large), large.Length, 0, BlobHash.Compute(bytes.AsSpan(0, End))).Write(key).CopyTo(bytes, End);
        return new MemoryStream(bytes);
    }

    private static BlobHash SiteKeyOf(Intruder site) => SiteKeyText.Parse(site.Key).Value;

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
            return Sign(Read(offer) with { History = BlobHash.Compute(document) }, new MemoryStream(document), null);
        },
    };

    private HistoryStatement Read(OfferedHistory offer) => HistoryStatement.Read(Home.Key, offer.Statement, offer.Signature).Value;

    private OfferedHistory Sign(HistoryStatement statement, Stream document, SiteKey? key)
    {
        SiteKey signer = key ?? Own;
        byte[] signed = statement.Write(signer, DateTimeOffset.UtcNow);
        return new OfferedHistory(signed, signer.Sign(signed), document);
    }
}
