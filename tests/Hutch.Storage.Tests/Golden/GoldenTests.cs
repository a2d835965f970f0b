using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Storage.Segments;
using Hutch.Storage.Tests.Segments;
using Hutch.Testing.Clocks;

namespace Hutch.Storage.Tests.Golden;

/// <summary>
/// Segments as each released format wrote them, byte for byte. The program writes the newest format so, and reads all of them for ever.
/// A new format adds a folder here; none is ever changed. To make one: run with HUTCH_WRITE_GOLDEN set to the folder.
/// </summary>
public class GoldenTests
{
    private static readonly string Newest = Path.Combine(AppContext.BaseDirectory, "Golden", "format-2");

    private static readonly Lane Transient = Lane.Until(new DateOnly(2026, 11, 25));

    /// <summary>The clock by which the golden segments were written.</summary>
    private static StandingTime Time => new(new DateTimeOffset(2026, 11, 20, 8, 30, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_newest_format_is_written_byte_for_byte()
    {
        FaultyDisk disk = await WriteAsync();
        if (Environment.GetEnvironmentVariable("HUTCH_WRITE_GOLDEN") is { } folder)
        {
            foreach (string name in disk.FilesIn("/segments"))
            {
                await File.WriteAllBytesAsync(Path.Combine(folder, name), disk.ReadFile("/segments/" + name), Token);
            }
        }

        Assert.Equal(Directory.GetFiles(Newest).Select(Path.GetFileName).Order(), disk.FilesIn("/segments").Order());
        foreach (string name in disk.FilesIn("/segments"))
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Newest, name), Token), disk.ReadFile("/segments/" + name));
        }
    }

    [Fact]
    public async Task Every_format_is_opened_recovered_and_read()
    {
        foreach (string folder in Directory.GetDirectories(Path.GetDirectoryName(Newest)!))
        {
            FaultyDisk disk = Load(folder);
            (SegmentStore store, RecoveryReport report) = await SegmentStore.OpenAsync(disk, "/segments", Options(), Time, Token);

            Assert.False(report.HasDamage);
            Assert.EndsWith(".until-2026-11-25.tar", Assert.Single(report.Recovered).Name, StringComparison.Ordinal);
            Assert.Equal([1, 2, 3], await Make.SequencesAsync(store, 0));
            foreach ((MemberKey key, byte[] body) in Members().SelectMany(static group => group))
            {
                Assert.Equal(body, await Make.ReadAsync(store, key));
            }

            foreach (SegmentInfo segment in store.Segments)
            {
                Assert.True((await store.ScrubAsync(segment.Number, long.MaxValue, Token)).IsClean);
            }

            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_commands_of_the_format_page_get_the_data_out()
    {
        string hash = Members()[0][0].Key.Hash.ToString();
        string script =
            $$"""
            tar -xOf 0000000001.main.tar blobs/{{hash}} | sha256sum
            for s in $(ls -r *.main.tar); do
                tar -xOf "$s" --wildcards 'journal/*' 2>/dev/null | grep '^{"seq":'
            done | sort -s -u -t: -k2,2n
            """;

        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = Newest, RedirectStandardOutput = true })!;
        string output = await shell.StandardOutput.ReadToEndAsync(Token);

        Assert.Equal($"{hash}  -\n" + Encoding.UTF8.GetString(Make.Lines(1, 2, 3)), output);
    }

    private static async Task<FaultyDisk> WriteAsync()
    {
        var disk = new FaultyDisk();
        (SegmentStore store, _) = await SegmentStore.OpenAsync(disk, "/segments", Options(), Time, Token);
        (MemberKey, byte[])[][] members = Members();
        await store.AppendAsync(Lane.Main, Make.Group(1, members[0]), Token);
        await store.AppendAsync(Lane.Main, Make.Group(2), Token);
        await store.AppendAsync(Lane.Bulk, Make.Group(0, members[1]), Token);
        await store.SealAsync(Token);
        await store.AppendAsync(Lane.Main, Make.Group(3, members[2]), Token);
        await store.SealAsync(Token);
        await store.AppendAsync(Transient, Make.Group(0, members[3]), Token);
        await store.DisposeAsync();
        return disk;
    }

    private static FaultyDisk Load(string folder)
    {
        var disk = new FaultyDisk();
        disk.CreateFolder("/segments");
        foreach (string path in Directory.GetFiles(folder))
        {
            using IDiskFile file = disk.Open("/segments/" + Path.GetFileName(path), DiskAccess.CreateNew);
            file.Write(File.ReadAllBytes(path), 0);
        }

        return disk;
    }

    private static (MemberKey Key, byte[] Body)[][] Members() =>
    [
        [Blob(0), Blob(1), Blob(513)],
        [(MemberKey.Extent(new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]), 8 << 20), Pattern(5000)), (MemberKey.Extent(new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]), 0), Pattern(7))],
        [Blob(2000)],
        [Blob(300), Blob(301)],
    ];

    private static (MemberKey Key, byte[] Body) Blob(int length) => (MemberKey.Blob(BlobHash.Compute(Pattern(length))), Pattern(length));

    private static byte[] Pattern(int length) =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, length).Select(static i => (i % 10).ToString(CultureInfo.InvariantCulture))));

    private static SegmentOptions Options()
    {
        int next = 0;
        return new SegmentOptions
        {
            StoreId = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
            NewId = () => new Guid(++next, 0, 0, new byte[8]),
            ZeroAheadBytes = 1024,
            ReserveAheadBytes = 1024,
            ReserveBytes = 0,
            UseWriterThreads = false,
        };
    }
}
