using Hutch.Agent.Writing;
using Hutch.Disk.Folders;
using Hutch.Model;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Folders;

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

    /// <summary>As on NFS, where a file can be given a free name only by a link, and the removal of the old one.</summary>
    [Fact]
    public void A_file_that_is_put_in_the_place_of_another_while_that_is_removed_is_there_afterwards()
    {
        List<string> lost = [];
        LimitedCalls.Run(canRename: false, canLink: true, () =>
        {
            for (int i = 0; i < 2000; i++)
            {
                string text = $"number {i}";
                FolderStamp file = Make("a.mrc");
                Write("new", text);
                int spins = i % 100 * 4;
                int isStarted = 0;
                var other = new Thread(() =>
                {
                    Volatile.Write(ref isStarted, 1);
                    Thread.SpinWait(spins);
                    File.Move(In("new"), In("a.mrc"), overwrite: true);
                });
                other.Start();
                SpinWait.SpinUntil(() => Volatile.Read(ref isStarted) == 1);
                Remove([file]);
                other.Join();

                string[] there = Files();
                if (!there.Any(path => File.ReadAllText(In(path)) == text) || there.Any(path => path.StartsWith('.')))
                {
                    lost.Add(text);
                }

                Array.ForEach(there, path => File.Delete(In(path)));
            }
        });

        Assert.Empty(lost);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_file_with_a_taken_name_returns_under_a_reported_alternative_name(bool canRename, bool canLink)
    {
        string longName = new string('ä', 127) + "x";
        FolderStamp[] files = [Make("raw/a.mrc"), Make(longName)];
        Interrupt("raw/a.mrc", " and more");
        Interrupt(longName, " and more");
        Write("raw/a.mrc", "new");
        Write("raw/a.mrc.kept", "of the user");
        Write(longName, "new");

        RemovedFiles done = LimitedCalls.Run(canRename, canLink, () => Remove(files));

        string cut = new string('ä', 125) + ".kept";
        Assert.Equal((0, 2), (done.Removed, done.Left));
        Assert.Equal(["raw/a.mrc.kept.2", cut], done.Renamed);
        Assert.Equal(["raw/a.mrc", "raw/a.mrc.kept", "raw/a.mrc.kept.2", cut, longName], Files());
        Assert.Equal(
            ["new", "of the user", "raw/a.mrc and more", longName + " and more", "new"], Files().Select(path => File.ReadAllText(In(path))));
    }

    /// <summary>Without either call, somebody who makes a file of the name at the same moment would lose it.</summary>
    [Theory]
    [InlineData(true, true, "a.mrc")]
    [InlineData(false, true, "a.mrc")]
    [InlineData(false, false, "a.mrc.kept")]
    public void What_a_stop_left_in_the_middle_gets_its_name_back_where_files_are_to_stay(bool canRename, bool canLink, string name)
    {
        FolderStamp[] files = [Make("a.mrc"), Make("b.mrc"), Make("raw/c.mrc")];
        Interrupt("a.mrc");
        Directory.Delete(In("raw"), recursive: true);

        RemovedFiles done = LimitedCalls.Run(canRename, canLink, () =>
        {
            var removal = new FolderRemoval(_folder);
            removal.RestoreNames(files);
            removal.RestoreNames(files);
            return removal.Done;
        });

        Assert.Equal((0, 1), (done.Removed, done.Left));
        Assert.Equal(name == "a.mrc" ? [] : [name], done.Renamed);
        Assert.Equal([name, "b.mrc"], Files());
        Assert.Equal("a.mrc", File.ReadAllText(In(name)));
    }

    private static string AsideOf(string name) =>
        ".hutch-removing-" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)))[..16];

    /// <summary>As a stop leaves a file between its new name and its removal, and somebody who had it open then writes.</summary>
    private void Interrupt(string path, string written = "")
    {
        string aside = Path.Combine(Path.GetDirectoryName(In(path))!, AsideOf(Path.GetFileName(path)));
        File.Move(In(path), aside);
        File.AppendAllText(aside, written);
    }

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
