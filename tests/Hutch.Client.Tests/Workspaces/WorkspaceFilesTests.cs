using System.Globalization;
using System.Text;
using Hutch.Client.Workspaces;
using Hutch.Disk.Folders;
using Hutch.Model;
using Hutch.Objects.Http;

namespace Hutch.Client.Tests.Workspaces;

/// <summary>The files in <c>.hutch</c>, whole and damaged, and the order that they share with a scan.</summary>
public sealed class WorkspaceFilesTests : WorkspaceTest
{
    private static readonly string[] Order = ["a-b", "a.txt", "a/x", "a/z/y", "a0", "b", "b-c", "\ue000", "\U00010000"];

    [Fact]
    public void A_scan_is_in_byte_order_of_the_paths_an_empty_folder_is_a_path_and_NFC_counts()
    {
        Workspace workspace = Init();
        foreach (string path in Order.Where(p => p != "b"))
        {
            Folder.Write(path, "1");
        }

        Directory.CreateDirectory(Folder["b"]);
        Folder.Write("e\u0301", "decomposed: after f, where it is written so");
        Folder.Write("f", "1");

        Assert.Equal(
            [.. Order[..7], "f", "\u00e9", .. Order[7..]], workspace.Scan().Run(Cancel).Select(i => i.Path));
    }

    [Fact]
    public void The_index_gives_the_last_word_on_each_path_in_order_however_little_it_holds()
    {
        Workspace workspace = Init();
        workspace.Held = 4;
        var status = new FileStatus(FileType.File, 1, 1, 2, 3, 4, 5, 6, 7);
        string[] paths = [.. Enumerable.Range(0, 50).Select(i => i.ToString("00", CultureInfo.InvariantCulture))];
        foreach (string path in paths.Reverse())
        {
            workspace.Index.SetWritten(path, status, BlobHash.Compute("first"u8));
        }

        workspace.SaveIndex();
        workspace.Index.Remove("07");
        workspace.Index.SetWritten("08", status, BlobHash.Compute("second"u8));
        for (int i = 20; i < 40; i++)
        {
            workspace.Index.SetWritten(paths[i], status, BlobHash.Compute("second"u8));
        }

        workspace.Index.SetWritten("20", status, BlobHash.Compute("third"u8));
        workspace.Index.Remove("21");
        workspace.SaveIndex();

        using IndexReader index = Reopen().Index.Read();
        foreach (string path in paths)
        {
            BlobHash? hash = index.Find(path, status)?.H;
            string? expected = path switch
            {
                "07" or "21" => null,
                "20" => "third",
                "08" => "second",
                _ when string.CompareOrdinal(path, "20") > 0 && string.CompareOrdinal(path, "40") < 0 => "second",
                _ => "first",
            };
            Assert.Equal(expected is null ? default(BlobHash?) : BlobHash.Compute(Encoding.UTF8.GetBytes(expected)), hash);
        }
    }

    [Fact]
    public async Task An_index_in_no_order_as_earlier_versions_wrote_it_is_believed()
    {
        Server.Change(("a", "1"), ("b", "2"), ("c", "3"));
        await CloneAsync("clone");
        string index = Folder["clone/.hutch/index"];
        string[] lines = await File.ReadAllLinesAsync(index, Cancel);
        await File.WriteAllLinesAsync(index, [lines[0].Replace(":2", ":1", StringComparison.Ordinal), lines[3], lines[1], lines[2], lines[4]], Cancel);
        var stages = new List<string>();
        Progress.Started = stages.Add;

        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);

        Assert.DoesNotContain("Reading", stages);
        Assert.Equal(lines, await File.ReadAllLinesAsync(index, Cancel));
    }

    [Theory]
    [InlineData("index")]
    [InlineData("base")]
    public async Task A_damaged_file_costs_time_or_is_named_and_a_pull_makes_it_again(string name)
    {
        Server.Change(("a", "1"), ("b", "2"), ("c", "3"));
        await CloneAsync("clone");
        string file = Folder["clone/.hutch/" + name];
        string[] lines = await File.ReadAllLinesAsync(file, Cancel);
        lines[2] = lines[2].Replace('"', '!');
        await File.WriteAllLinesAsync(file, lines, Cancel);
        Workspace workspace = Reopen("clone");
        if (name == "base")
        {
            HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => StatusAsync(workspace));
            Assert.Contains("base' is damaged", refusal.Error.Message, StringComparison.Ordinal);
            Assert.Contains("hutch pull", refusal.Error.Code.Advice, StringComparison.Ordinal);
            File.Delete(file);
            await PullAsync(Reopen("clone"));
        }

        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
    }

    [Fact]
    public async Task A_server_that_lists_out_of_order_is_not_believed()
    {
        Server.Change(("a", "1"), ("b", "2"), ("c", "3"));
        await CloneAsync("clone");
        File.Delete(Folder["clone/.hutch/base"]);
        Server.Tamper = (request, bytes) => request.RequestUri!.AbsolutePath.EndsWith("/files", StringComparison.Ordinal) ? Swapped(bytes) : bytes;

        await Assert.ThrowsAsync<BadAnswerException>(() => PullAsync(Reopen("clone")));

        Assert.Equal("1", Folder.Read("clone/a"));
    }

    private static byte[] Swapped(byte[] bytes)
    {
        string[] lines = Encoding.UTF8.GetString(bytes).Split('\n');
        (lines[0], lines[1]) = (lines[1], lines[0]);
        return Encoding.UTF8.GetBytes(string.Join('\n', lines));
    }
}
