using Hutch.Agent.Writing;
using Hutch.Disk.Folders;
using Hutch.Model;
using Hutch.Site.Blobs;
using Hutch.Site.Folders;

namespace Hutch.Agent.Tests.Writing;

/// <summary>Of the facility's files only those leave that are as they were registered.</summary>
public sealed class FolderRemovalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-removal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Registered_files_leave_with_the_folders_that_they_leave_empty_and_all_else_stays()
    {
        FolderStamp[] files = [Make("a.mrc"), Make("raw/deep/b.mrc"), Make("raw/c.mrc"), Make("kept/d.mrc")];
        Write("SPA.yml", "DataId: 1");
        Write("kept/notes.txt", "mine");

        Assert.Equal(new RemovedFiles(4, 0), Remove(files));
        Assert.Equal(["SPA.yml", "kept/notes.txt"], Files());
        Assert.Equal(["kept"], Directory.GetDirectories(_folder).Select(Path.GetFileName));
        Assert.Equal(new RemovedFiles(0, 0), Remove(files));
    }

    [Fact]
    public void A_file_that_was_written_or_replaced_since_stays_as_it_is()
    {
        FolderStamp[] files = [Make("written.mrc"), Make("replaced.mrc"), Make("folder.mrc"), Make("link.mrc")];
        File.AppendAllText(In("written.mrc"), "more");
        Write("other", new string('x', "replaced.mrc".Length));
        File.Move(In("other"), In("replaced.mrc"), overwrite: true);
        File.Delete(In("folder.mrc"));
        Directory.CreateDirectory(In("folder.mrc"));
        File.Delete(In("link.mrc"));
        File.CreateSymbolicLink(In("link.mrc"), In("written.mrc"));

        Assert.Equal(new RemovedFiles(0, 4), Remove(files));
        Assert.Equal("written.mrcmore", File.ReadAllText(In("written.mrc")));
        Assert.Equal(new string('x', "replaced.mrc".Length), File.ReadAllText(In("replaced.mrc")));
        Assert.True(Directory.Exists(In("folder.mrc")));
        Assert.NotNull(new FileInfo(In("link.mrc")).LinkTarget);
    }

    [Fact]
    public void No_link_is_followed_out_of_the_folder()
    {
        FolderStamp file = Make("raw/a.mrc");
        string elsewhere = Directory.CreateTempSubdirectory("hutch-removal-").FullName;
        Directory.Move(In("raw"), Path.Combine(elsewhere, "raw"));
        Directory.CreateSymbolicLink(In("raw"), Path.Combine(elsewhere, "raw"));

        Assert.Equal(new RemovedFiles(0, 0), Remove([file]));
        Assert.True(File.Exists(Path.Combine(elsewhere, "raw", "a.mrc")));
        Directory.Delete(elsewhere, recursive: true);
    }

    /// <summary>The name under which a file is looked at a last time.</summary>
    [Fact]
    public void What_a_stop_left_in_the_middle_is_removed_or_gets_its_name_back()
    {
        FolderStamp[] files = [Make("a.mrc"), Make("b.mrc")];
        Interrupt("a.mrc");
        Interrupt("b.mrc");
        File.AppendAllText(Assert.Single(Directory.GetFiles(_folder), path => File.ReadAllText(path) == "b.mrc"), " and more");

        Assert.Equal(new RemovedFiles(1, 1), Remove(files));
        Assert.Equal(["b.mrc"], Files());
        Assert.Equal("b.mrc and more", File.ReadAllText(In("b.mrc")));
    }

    private static string AsideOf(string name) =>
        ".hutch-removing-" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)))[..16];

    private void Interrupt(string name) => File.Move(In(name), In(AsideOf(name)));

    private RemovedFiles Remove(IReadOnlyList<FolderStamp> files)
    {
        var removal = new FolderRemoval(_folder);
        removal.Remove(files);
        removal.RemoveEmptyFolders();
        return removal.Done;
    }

    private FolderStamp Make(string path)
    {
        Write(path, path);
        using FolderHandle folder = FolderHandle.Open(Path.GetDirectoryName(In(path))!);
        return new FolderStamp(DatasetPath.Parse(path).Value, FolderFileReader.StampOf(folder.Status(Path.GetFileName(path))!.Value));
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.WriteAllText(In(path), text);
    }

    private string In(string path) => Path.Combine(_folder, path);

    private string[] Files() =>
    [
        .. Directory.GetFiles(_folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_folder, path)).Order(StringComparer.Ordinal),
    ];
}
