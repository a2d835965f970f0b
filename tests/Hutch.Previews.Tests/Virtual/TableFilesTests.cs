using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Hutch.Datasets.Files;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Previews.Virtual;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Heads;
using Hutch.Worker.Tests.Support;

namespace Hutch.Previews.Tests.Virtual;

/// <summary>The bytes of an HDF5 file of results that nobody stored.</summary>
public sealed class TableFilesTests
{
    private static CancellationToken Ct => LiveSite.Ct;

    [Fact]
    public async Task Any_range_is_that_part_of_the_whole()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        using var files = new VirtualFiles();
        VirtualFile file = (await files.OpenTableAsync(await RowsAsync(live, "rows", Rows(30_000)), Ct)).Value;
        byte[] whole = await ReadAsync(file.Content, 0, file.Content.Size);
        var random = new Random(3);

        Assert.Equal(file.Content.Size, whole.Length);
        for (int i = 0; i < 100; i++)
        {
            int from = random.Next(whole.Length);
            int length = random.Next(Math.Min(whole.Length - from, i % 2 == 0 ? 300 : 600_000) + 1);
            byte[] part = await ReadAsync(file.Content, from, length);
            Assert.True(whole.AsSpan(from, length).SequenceEqual(part), $"{length} bytes from {from}");
        }
    }

    [Fact]
    public async Task The_version_names_the_bytes_and_outlives_a_restart()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset one = await live.CreateAsync("one");
        await live.PutAsync(one.Id, "results.jsonl", Rows(10));
        VirtualFile before, other;
        using (var files = new VirtualFiles())
        {
            before = (await files.OpenTableAsync(await SourceAsync(live, one.Id), Ct)).Value;
            other = (await files.OpenTableAsync(await RowsAsync(live, "other", Rows(11)), Ct)).Value;
        }

        await live.RestartAsync();
        using var again = new VirtualFiles();
        VirtualFile after = (await again.OpenTableAsync(await SourceAsync(live, one.Id), Ct)).Value;

        Assert.Equal(before.Version, after.Version);
        Assert.NotEqual(before.Version, other.Version);
    }

    [Fact]
    public async Task Datasets_with_the_same_rows_of_different_runs_have_different_files()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 3);
        live.Work(new FakeStep());
        SiteRun run = await live.StartRunAsync(input.Id, follow: false);
        await live.EndOfAsync(run);
        TableSource source = await SourceAsync(live, run.Outputs[0]);
        SiteRun? writer = await live.Runs.Registry.FindWriterAsync(run.Outputs[0], Ct);
        using var files = new VirtualFiles();

        VirtualFile made = (await files.OpenTableAsync(source with { Run = writer }, Ct)).Value;
        VirtualFile copied = (await files.OpenTableAsync(source with { Dataset = input.Id }, Ct)).Value;

        Assert.Equal(run.Id, writer!.Id);
        Assert.Null(await live.Runs.Registry.FindWriterAsync(input.Id, Ct));
        Assert.True((await ReadAsync(made.Content, 0, made.Content.Size)).AsSpan().IndexOf(Encoding.ASCII.GetBytes(run.Id.ToString("N"))) > 0);
        Assert.NotEqual(made.Version, copied.Version);
    }

    [Fact]
    public async Task An_invalid_table_gives_the_reason()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        using var files = new VirtualFiles();

        HutchError none = (await files.OpenTableAsync(await RowsAsync(live, "none", []), Ct)).Error!;
        HutchError text = (await files.OpenTableAsync(await RowsAsync(live, "text", "{\"a\":1}\ntext"u8.ToArray()), Ct)).Error!;
        HutchError line = (await files.OpenTableAsync(await RowsAsync(live, "line", new byte[3 << 20]), Ct)).Error!;

        Assert.Equal("There are no rows.", none.Message);
        Assert.StartsWith("Row 2 does not belong in a table: ", text.Message, StringComparison.Ordinal);
        Assert.Equal("A row has more than 1048576 bytes, too many for a table.", line.Message);
    }

    private static byte[] Rows(int count) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, count).Select(
        number => number % 7000 == 0 ? $"{{\"file-number\":{number},\"error\":\"damaged\"}}\n" : $"{{\"file-number\":{number},\"n\":{number * 3}}}\n")));

    private static async Task<TableSource> RowsAsync(LiveSite live, string slug, byte[] rows)
    {
        SiteDataset dataset = await live.CreateAsync(slug);
        await live.PutAsync(dataset.Id, "results.jsonl", rows);
        return await SourceAsync(live, dataset.Id);
    }

    private static async Task<TableSource> SourceAsync(LiveSite live, DatasetId id)
    {
        TreeView view = (await live.Site.Heads.ResolveAsync(id, null, Ct)).Value;
        Entry entry = (await live.Site.Heads.FindAsync(view, ResultFiles.JsonLines, Ct))!;
        return new TableSource(id, (await live.Site.Blobs.FindAsync(id, entry.Hash, Ct))!, null);
    }

    private static async Task<byte[]> ReadAsync(IEntryContent content, long offset, long length)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await content.CopyToAsync(pipe.Writer, offset, length, Ct);
        await pipe.Writer.CompleteAsync();
        return (await pipe.Reader.ReadAtLeastAsync(int.MaxValue, Ct)).Buffer.ToArray();
    }
}
