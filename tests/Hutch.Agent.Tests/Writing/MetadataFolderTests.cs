using System.Text;
using Hutch.Agent.Writing;
using Hutch.Types.Yaml;

namespace Hutch.Agent.Tests.Writing;

/// <summary>The writer on the file system that is here.</summary>
public sealed class MetadataFolderTests : IDisposable
{
    private static readonly BlockWriter Writer = new(new YamlLimits());
    private readonly string _folder = Directory.CreateTempSubdirectory("agent-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Mode_and_attributes_of_the_file_stay_and_nothing_else_is_left()
    {
        File.WriteAllText(At("SPA.yml"), "A: 1\n");
        File.SetUnixFileMode(At("SPA.yml"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        using var folder = MetadataFolder.Open(_folder);

        WrittenBlock written = Writer.Write(folder, "SPA.yml", "Hutch", [new("Space", "d1")]).Value;
        Writer.Finish(folder, "SPA.yml");

        Assert.Equal(BlockLocation.MetadataFile, written.Place);
        Assert.Equal("A: 1\nHutch:\n  Space: d1\n", File.ReadAllText(At("SPA.yml")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(At("SPA.yml")));
        Assert.Equal([At("SPA.yml")], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        File.WriteAllText(At("elsewhere"), "A: 1\n");
        File.CreateSymbolicLink(At("SPA.yml"), At("elsewhere"));
        using var folder = MetadataFolder.Open(_folder);

        Assert.Contains("or it is a link", Writer.Write(folder, "SPA.yml", "Hutch", [new("Space", "d1")]).Error!.Message, StringComparison.Ordinal);
        Assert.Equal("A: 1\n", File.ReadAllText(At("elsewhere")));
    }

    [Fact]
    public void The_invite_can_be_read_by_its_owner_only_and_is_replaced_as_a_whole()
    {
        using var folder = MetadataFolder.Open(_folder);

        _ = SideFile.WriteInvite(folder, "first").Value;
        _ = SideFile.WriteInvite(folder, "second").Value;

        Assert.Equal("second\n", File.ReadAllText(At(".hutch-invite")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At(".hutch-invite")));
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_file_that_grows_over_the_limit_is_read_no_further()
    {
        File.WriteAllText(At("SPA.yml"), new string('#', 5000));
        using var folder = MetadataFolder.Open(_folder);

        Assert.Equal(1001, folder.Read("SPA.yml", 1000)!.Length);
    }

    [Fact]
    public async Task A_reader_never_sees_a_file_that_is_cut_or_missing_while_it_is_written()
    {
        File.WriteAllText(At("SPA.yml"), "A: 1\nHutch:\n  Space: x0\n");
        using var stop = new CancellationTokenSource();
        Task<List<string>> reader = Task.Run(() => Odd(stop.Token), TestContext.Current.CancellationToken);
        using (var folder = MetadataFolder.Open(_folder))
        {
            for (int i = 1; i <= 300; i++)
            {
                _ = Writer.Write(folder, "SPA.yml", "Hutch", [new("Space", $"x{i}")]).Value;
                Writer.Finish(folder, "SPA.yml");
            }
        }

        await stop.CancelAsync();
        Assert.Empty(await reader);
    }

    private List<string> Odd(CancellationToken stop)
    {
        List<string> odd = [];
        while (!stop.IsCancellationRequested && odd.Count < 5)
        {
            string text = File.Exists(At("SPA.yml")) ? File.ReadAllText(At("SPA.yml"), Encoding.UTF8) : "(missing)";
            if (!text.StartsWith("A: 1\nHutch:\n  Space: x", StringComparison.Ordinal) || !text.EndsWith('\n'))
            {
                odd.Add(text);
            }
        }

        return odd;
    }

    private string At(string name) => Path.Combine(_folder, name);
}
