using Hutch.Capture.Tests.Support;
using Hutch.Detectors.DectrisStream;
using static Hutch.Capture.Tests.Support.TestMessages;

namespace Hutch.Capture.Tests;

/// <summary>Messages that cannot be stored are on disk before the process ends (C9, H2).</summary>
public sealed class SpoolTests : IDisposable
{
    private static readonly StreamSeriesName Name = new(1, "a");

    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-spool-").FullName;
    private readonly TaskCompletionSource _serverIsBack = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string SpoolFolder => Path.Combine(_folder, "spool");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_capture_that_was_killed_while_the_server_was_away_loses_nothing_and_the_next_one_needs_no_message()
    {
        string killed = await KilledAsync(whole: true);

        await using var second = new CaptureRig(killed);
        CaptureRecord record = await second.EndedAsync();

        MemorySink sink = Assert.Single(second.Store.Datasets).Value;
        Assert.Equal((5L, 5L, 0L, true), (record.Received, record.Stored, record.Missing, record.HasEnd));
        Assert.Equal(5, sink.Entries.Keys.Count(static path => path.StartsWith("00000", StringComparison.Ordinal)));
        Assert.Equal(Chunk(3), sink.Entries["000004"]);
        Assert.Equal("header.d/message_000001.cbor", Assert.Single(sink.Entries.Keys, static path => path.EndsWith(".cbor", StringComparison.Ordinal)));
        Assert.Equal(["a"], second.Store.Completed);
        Assert.Empty(Directory.GetFiles(Path.Combine(killed, "spool")));
    }

    [Fact]
    public async Task A_series_without_an_end_resumes_at_the_start_and_ends_with_a_list_of_missing_frames()
    {
        string killed = await KilledAsync(whole: false);
        var store = new MemoryDestination();

        await using var second = new CaptureRig(killed, new CaptureOptions { Silence = TimeSpan.FromSeconds(1) }, store);
        CaptureRecord record = await second.EndedAsync();

        Assert.Equal((4L, 1L, false), (record.Stored, record.Missing, record.HasEnd));
        Assert.Equal(["000005"], record.MissingFrames);
        Assert.Contains("The end of the series was not received.", record.Notes);
        Assert.Equal(["a"], store.Completed);
        Assert.Empty(new CaptureState(killed).ListUnfinished());
        Assert.Equal("a", new CaptureState(killed).Find("a"));
    }

    [Fact]
    public async Task A_remembered_series_without_anything_on_disk_gets_its_first_record_soon()
    {
        var store = new MemoryDestination();
        await using (var first = new CaptureRig(_folder, store: store))
        {
            first.Send(Start(Name, images: 9));
            first.Send(Image(Name, 0));
            first.Send(Image(Name, 2));
            await first.ReceivedAsync(3);
        }

        MemorySink sink = Assert.Single(store.Datasets).Value;
        sink.Entries.Remove(CaptureRecord.EntryPath); // killed, it would not have written it
        await using var second = new CaptureRig(_folder, store: store);
        while (!Has(sink, CaptureRecord.EntryPath))
        {
            await Task.Delay(20, Ct);
        }

        CaptureRecord record = CaptureRecord.TryParse(sink.Entries[CaptureRecord.EntryPath])!;
        Assert.Equal((2L, 7L, false), (record.Stored, record.Missing, record.HasEnd));
        Assert.Equal(["000002", "000004 to 000009"], record.MissingFrames);
        Assert.Empty(store.Completed);
    }

    [Fact]
    public async Task Series_of_one_name_that_a_kill_left_on_disk_stay_apart()
    {
        string folder = Path.Combine(_folder, "first");
        var away = new MemoryDestination { BeforePut = path => path.StartsWith("0000", StringComparison.Ordinal) ? _serverIsBack.Task : Task.CompletedTask };
        await using var first = new CaptureRig(folder, store: away);
        SendWhole(first, seed: 1);
        MemorySink? begun;
        while (!away.Datasets.TryGetValue("a", out begun) || !Has(begun, "header"))
        {
            await Task.Delay(20, Ct);
        }

        away.Away = _serverIsBack.Task;
        SendWhole(first, seed: 2);
        while (FilesIn(folder) is not [_, var last] || CountOf(last) < 3)
        {
            await Task.Delay(20, Ct);
        }

        string killed = CopyOf(folder);
        var store = new MemoryDestination();
        store.Datasets["a"] = new MemorySink();
        store.Datasets["a"].Entries["header"] = begun.Entries["header"];
        _serverIsBack.SetResult();
        await using var second = new CaptureRig(killed, store: store);
        CaptureRecord[] records = [await second.EndedAsync(), await second.EndedAsync()];

        Assert.All(records, static record => Assert.Equal((1L, 0L, true), (record.Stored, record.Duplicates, record.HasEnd)));
        Assert.Equal(Chunk(1), store.Datasets["a"].Entries["000001"]);
        Assert.Equal(Chunk(2), store.Datasets["a-again"].Entries["000001"]);
        Assert.Empty(Directory.GetFiles(Path.Combine(killed, "spool")));

        static void SendWhole(CaptureRig rig, int seed)
        {
            rig.Send(Start(Name, images: 1));
            rig.Send(Image(Name, 0, seed: seed));
            rig.Send(StreamMessageWriter.End(Name));
        }
    }

    [Fact]
    public async Task Images_beyond_the_memory_wait_on_disk_and_none_is_dropped()
    {
        var store = new MemoryDestination { BeforePut = path => path.StartsWith("0000", StringComparison.Ordinal) ? _serverIsBack.Task : Task.CompletedTask };
        await using var capture = new CaptureRig(_folder, new CaptureOptions { BufferMegabytes = 1 }, store);
        capture.Send(Start(Name, images: 20));
        for (int i = 0; i < 20; i++)
        {
            capture.Send(Image(Name, i, padding: 300_000));
        }

        await capture.ReceivedAsync(21);
        _serverIsBack.SetResult();
        capture.Send(StreamMessageWriter.End(Name));
        CaptureRecord record = await capture.EndedAsync();

        Assert.Equal((20L, 20L, 0L), (record.Received, record.Stored, record.Dropped));
        Assert.Empty(Directory.GetFiles(SpoolFolder));
    }

    [Fact]
    public async Task A_full_spool_is_reported_and_frames_without_space_are_counted_and_named()
    {
        var store = new MemoryDestination { BeforePut = path => path.StartsWith("0000", StringComparison.Ordinal) ? _serverIsBack.Task : Task.CompletedTask };
        await using var capture = new CaptureRig(
            _folder,
            new CaptureOptions { BufferMegabytes = 1, SpoolMegabytes = 1, WaitsForSpace = true, Patience = TimeSpan.FromMilliseconds(50) },
            store);
        capture.Send(Start(Name, images: 12));
        for (int i = 0; i < 12; i++)
        {
            capture.Send(Image(Name, i, padding: 300_000)); // the detector is not held up
        }

        await capture.ReceivedAsync(13);
        _serverIsBack.SetResult();
        capture.Send(StreamMessageWriter.End(Name));
        CaptureRecord record = await capture.EndedAsync();

        Assert.Equal((12L, 12L - record.Dropped, record.Dropped), (record.Received, record.Stored, record.Missing));
        Assert.InRange(record.Dropped, 1, 9);
        Assert.NotEmpty(record.MissingFrames);
        Assert.Contains("The spool was full, or could not be written.", record.Notes);
        Assert.Contains(capture.Told, static line => line.Contains("is full", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_torn_message_at_the_end_and_damaged_bytes_cost_nothing_else()
    {
        string killed = await KilledAsync(whole: false);
        string file = Assert.Single(Directory.GetFiles(Path.Combine(killed, "spool")));
        byte[] bytes = await File.ReadAllBytesAsync(file, Ct);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, [.. bytes, .. new byte[20]], Ct);

        await using var second = new CaptureRig(killed, new CaptureOptions { Silence = TimeSpan.FromSeconds(1) });
        CaptureRecord record = await second.EndedAsync();

        Assert.Equal((3L, 1L), (record.Stored, record.Unreadable));
        Assert.Contains("Image 4 cannot be read: its bytes in the spool are damaged.", record.Notes);
    }

    [Fact]
    public void A_file_goes_when_all_of_its_messages_are_stored()
    {
        var spool = new CaptureSpool(SpoolFolder, 1 << 30, TimeProvider.System, static _ => { });
        SeriesSpool series = spool.Begin("a");
        SpoolLocation[] places =
        [
            .. Enumerable.Range(0, 3).Select(i => series.TryAppend(new SpoolHead(DateTimeOffset.UnixEpoch, i, 1), new byte[40 << 20])!.Value),
        ];
        int files = Directory.GetFiles(SpoolFolder).Length;

        series.Release(places[0]);
        int afterOne = Directory.GetFiles(SpoolFolder).Length;
        series.Release(places[1]);
        int afterTwo = Directory.GetFiles(SpoolFolder).Length;
        series.Close();

        Assert.Equal((2, 2, 1), (files, afterOne, afterTwo));
        SpooledMessage left = Assert.Single(Assert.Single(new CaptureSpool(SpoolFolder, 1 << 30, TimeProvider.System, static _ => { }).Load()).Messages);
        Assert.Equal(2, left.Head.Image);
    }

    [Fact]
    public void A_series_after_the_clock_was_put_back_comes_after_the_earlier_one()
    {
        foreach (int days in (int[])[0, -30])
        {
            var spool = new CaptureSpool(SpoolFolder, 1 << 30, new TimeOff(days), static _ => { });
            _ = spool.Load();
            SeriesSpool series = spool.Begin("a");
            _ = series.TryAppend(new SpoolHead(DateTimeOffset.UnixEpoch, -days, 1), new byte[10]);
            series.Close();
        }

        var found = new CaptureSpool(SpoolFolder, 1 << 30, TimeProvider.System, static _ => { });
        Assert.Equal([0L, 30L], found.Load().Select(static one => one.Messages[0].Head.Image));
    }

    /// <summary>Receives a series while the store is away, and copies its folder as a kill would leave it.</summary>
    /// <returns>The copy.</returns>
    private async Task<string> KilledAsync(bool whole)
    {
        var away = new MemoryDestination { Away = _serverIsBack.Task };
        await using var first = new CaptureRig(Path.Combine(_folder, "first"), store: away);
        first.Send(Start(Name, images: 5));
        first.Send(Message("mood", Name));
        for (int i = 0; i < (whole ? 5 : 4); i++)
        {
            first.Send(Image(Name, i, seed: i));
        }

        if (whole)
        {
            first.Send(StreamMessageWriter.End(Name));
        }

        int messages = whole ? 8 : 6;
        await first.ReceivedAsync(messages);
        string spool = Path.Combine(_folder, "first", "spool");
        while (CountIn(spool) < messages)
        {
            await Task.Delay(20, Ct);
        }

        string killed = CopyOf(Path.Combine(_folder, "first"));
        _serverIsBack.SetResult();
        return killed;
    }

    /// <summary>Copies the folder of a capture as a kill would leave it.</summary>
    private string CopyOf(string folder)
    {
        string killed = Path.Combine(_folder, "killed");
        Directory.CreateDirectory(Path.Combine(killed, "spool"));
        foreach (string file in (string[])[.. Directory.GetFiles(folder), .. Directory.GetFiles(Path.Combine(folder, "spool"))])
        {
            File.Copy(file, Path.Combine(killed, Path.GetRelativePath(folder, file)));
        }

        return killed;
    }

    private static string[] FilesIn(string folder) => Directory.Exists(Path.Combine(folder, "spool"))
        ? [.. Directory.GetFiles(Path.Combine(folder, "spool"), "*.spool").Order(StringComparer.Ordinal)]
        : [];

    private static int CountIn(string spool) => Directory.Exists(spool) ? Directory.GetFiles(spool).Sum(CountOf) : 0;

    private static int CountOf(string file)
    {
        var messages = new List<SpooledMessage>();
        SpoolFile.Open(file, messages)?.Dispose();
        return messages.Count;
    }

    private static bool Has(MemorySink sink, string path)
    {
        lock (sink.Entries)
        {
            return sink.Entries.ContainsKey(path);
        }
    }

    private sealed class TimeOff(int days) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(days);
    }
}
