using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Hutch.Datasets.Files;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Previews.Virtual;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Heads;
using Hutch.Worker.Tests.Support;

namespace Hutch.Previews.Tests.Virtual;

/// <summary>The bytes of a NeXus file that nobody stored.</summary>
public sealed class VirtualFilesTests
{
    /// <summary>Frames above 1 MiB are stored in another way than those below.</summary>
    private const int Side = 1024;

    private static CancellationToken Ct => LiveSite.Ct;

    [Fact]
    public async Task Any_range_is_that_part_of_the_whole()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        using var files = new VirtualFiles();
        VirtualFile file = await OpenAsync(live, files, await SeriesAsync(live, "series", frames: 8));
        byte[] whole = await ReadAsync(file.Content, 0, file.Content.Size);
        var random = new Random(3);
        long[] borders = [.. Borders(whole)];

        Assert.Equal(file.Content.Size, whole.Length);
        for (int i = 0; i < 200; i++)
        {
            long from = Math.Max(0, borders[random.Next(borders.Length)] - random.Next(100));
            long length = Math.Min(whole.Length - from, random.Next(4) switch { 0 => 1, 1 => random.Next(300), 2 => random.Next(5000), _ => 3 << 20 });
            byte[] part = await ReadAsync(file.Content, from, length);
            Assert.True(whole.AsSpan((int)from, (int)length).SequenceEqual(part), $"{length} bytes from {from}");
        }
    }

    [Fact]
    public async Task The_version_names_the_bytes_and_outlives_a_restart()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        DatasetId one = await SeriesAsync(live, "one", frames: 3), other = await SeriesAsync(live, "other", frames: 4);
        VirtualFile before, another;
        byte[] bytes;
        using (var files = new VirtualFiles())
        {
            before = await OpenAsync(live, files, one);
            another = await OpenAsync(live, files, other);
            bytes = await ReadAsync(before.Content, 0, before.Content.Size);
        }

        await live.RestartAsync();
        using var again = new VirtualFiles();
        VirtualFile after = await OpenAsync(live, again, one);

        Assert.Equal(before.Version, after.Version);
        Assert.NotEqual(before.Version, another.Version);
        Assert.Equal(bytes, await ReadAsync(after.Content, 0, after.Content.Size));
    }

    [Fact]
    public async Task A_damaged_frame_ends_the_response_after_all_earlier_frames_were_sent()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        DatasetId id = await SeriesAsync(live, "series", frames: 3);
        await live.RestartAsync();
        Damage(live.Folder, Frame(2));
        using var files = new VirtualFiles();
        VirtualFile file = await OpenAsync(live, files, id);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));

        HutchException e = await Assert.ThrowsAsync<HutchException>(() => file.Content.CopyToAsync(pipe.Writer, 0, file.Content.Size, Ct));
        await pipe.Writer.CompleteAsync();
        byte[] came = (await pipe.Reader.ReadAtLeastAsync(int.MaxValue, Ct)).Buffer.ToArray();

        Assert.Equal(ErrorCode.Quarantined, e.Error.Code);
        Assert.True(came.AsSpan().IndexOf(Frame(1)) > 0);
        Assert.True(came.AsSpan().IndexOf(Frame(3).AsSpan(0, 1000)) < 0);
        Assert.Equal(Frame(3), await ReadAsync(file.Content, file.Content.Size - Frame(3).Length, Frame(3).Length));
    }

    [Fact]
    public async Task A_dataset_that_is_no_series_gives_the_reason()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        using var files = new VirtualFiles();
        SiteDataset text = await live.CreateAsync("text"), empty = await live.CreateAsync("empty"), odd = await live.CreateAsync("odd");
        await live.PutAsync(text.Id, "readme", "x"u8.ToArray());
        await live.PutAsync(empty.Id, "header", Header());
        await live.PutAsync(odd.Id, "header", "no JSON"u8.ToArray());

        string[] told = new string[3];
        foreach ((int i, SiteDataset dataset) in new[] { text, empty, odd }.Index())
        {
            await live.CloseAsync(dataset.Id);
            told[i] = (await files.OpenAsync(await SourceAsync(live, dataset.Id), Ct)).Error!.Message;
        }

        Assert.Equal("There is no entry 'header', which says what the frames are: this dataset is no series of images.", told[0]);
        Assert.Equal("There are no frames.", told[1]);
        Assert.Equal("The header is not JSON: line 1, byte 2.", told[2]);
    }

    /// <summary>Where something else begins: the metadata, the index, the array, each frame; and the end.</summary>
    private static IEnumerable<long> Borders(byte[] whole)
    {
        yield return 0;
        yield return whole.AsSpan().IndexOf("TREE"u8);
        for (int frame = 1; frame <= 8; frame++)
        {
            yield return whole.AsSpan().IndexOf(Frame(frame));
        }

        yield return whole.Length;
    }

    private static async Task<DatasetId> SeriesAsync(LiveSite live, string slug, int frames)
    {
        SiteDataset dataset = await live.CreateAsync(slug);
        await live.PutAsync(dataset.Id, "header", Header());
        await live.PutAsync(dataset.Id, "header.d/pixel_mask.npy", Mask());
        for (int number = 1; number <= frames; number++)
        {
            await live.PutAsync(dataset.Id, $"{number:D6}", Frame(number));
        }

        await live.CloseAsync(dataset.Id);
        return dataset.Id;
    }

    private static byte[] Header() => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
    {
        x_pixels_in_detector = Side,
        y_pixels_in_detector = Side,
        bit_depth_image = 16,
        hutch = new { arrays = new { pixel_mask = new { entry = "header.d/pixel_mask.npy" } } },
    }));

    private static byte[] Mask() =>
        [0x93, .. "NUMPY"u8, 1, 0, 70, 0, .. Encoding.ASCII.GetBytes("{'descr': '<u4', 'fortran_order': False, 'shape': (2, 2), }".PadRight(69) + "\n"), .. new byte[16]];

    /// <summary>Every other one is large; nothing unpacks them here.</summary>
    private static byte[] Frame(int number)
    {
        byte[] bytes = new byte[number % 2 == 0 ? (1 << 20) + 100_000 : 5000 + number];
        new Random(number).NextBytes(bytes);
        return bytes;
    }

    private static async Task<VirtualFile> OpenAsync(LiveSite live, VirtualFiles files, DatasetId id) =>
        (await files.OpenAsync(await SourceAsync(live, id), Ct)).Value;

    private static async Task<VirtualSource> SourceAsync(LiveSite live, DatasetId id)
    {
        TreeView view = (await live.Site.Heads.ResolveAsync(id, null, Ct)).Value;
        return new VirtualSource(view.Dataset.Id, live.Site.Heads.Tree, view.Root, live.Site.Blobs);
    }

    private static async Task<byte[]> ReadAsync(IEntryContent content, long offset, long length)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await content.CopyToAsync(pipe.Writer, offset, length, Ct);
        await pipe.Writer.CompleteAsync();
        return (await pipe.Reader.ReadAtLeastAsync(int.MaxValue, Ct)).Buffer.ToArray();
    }

    private static void Damage(string folder, byte[] content)
    {
        foreach (string path in Directory.EnumerateFiles(Path.Combine(folder, "segments")))
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            int at = bytes.AsSpan().IndexOf(content.AsSpan(0, 1000));
            if (at >= 0)
            {
                file.Position = at;
                file.Write("damage"u8);
                return;
            }
        }

        Assert.Fail("The frame is in no segment.");
    }
}
