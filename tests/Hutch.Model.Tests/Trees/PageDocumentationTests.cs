using System.Diagnostics;
using System.Text;

namespace Hutch.Model.Tests.Trees;

/// <summary>The words of <c>docs/formats/pages.md</c> are enough to get every file out of the pages, with bash and jq alone.</summary>
public sealed class PageDocumentationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_script_in_the_format_page_lists_every_file_of_a_tree()
    {
        var pages = new MemoryPages();
        TreeChange[] changes =
        [
            .. Enumerable.Range(0, 3000).Select(i => File($"raw data/{i:d5}", i)),
            File("raw data/00000-é \"quoted\"/x", 1), File("top", 2), new(DatasetPath.Parse("link").Value, Entry.Link("top")),
        ];
        TreeRoot root = (await new Tree(pages).ApplyAsync(TreeRoot.Empty, changes, pages, Cancel)).Value;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("hutch-pages-");
        try
        {
            foreach ((BlobHash hash, ReadOnlyMemory<byte> page) in pages.All)
            {
                await System.IO.File.WriteAllBytesAsync(Path.Combine(folder.FullName, hash.ToString()), page.ToArray(), Cancel);
            }

            IEnumerable<string> expected = changes.Where(c => c.Entry!.Kind == EntryKind.File).OrderBy(c => c.Path).Select(c => $"{c.Path}\t{c.Entry!.Hash}");
            Assert.Equal(expected, await RunAsync(Script().Replace("ROOT", root.Page.ToString(), StringComparison.Ordinal), folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static TreeChange File(string path, int content) =>
        new(DatasetPath.Parse(path).Value, Entry.File(BlobHash.Compute(BitConverter.GetBytes(content)), 4));

    private static string Script()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "Hutch.slnx")))
        {
            folder = folder.Parent;
        }

        string text = System.IO.File.ReadAllText(Path.Combine(folder!.FullName, "docs", "formats", "pages.md"));
        int start = text.IndexOf("```bash\n", StringComparison.Ordinal) + "```bash\n".Length;
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static async Task<string[]> RunAsync(string script, string folder)
    {
        var start = new ProcessStartInfo("bash") { WorkingDirectory = folder, RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 };
        start.ArgumentList.Add("-euo");
        start.ArgumentList.Add("pipefail");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.Equal(0, process.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
