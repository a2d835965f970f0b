using System.Text;
using Hutch.Disk.Folders;

namespace Hutch.Disk.Tests;

public sealed class LinkFileTests : IDisposable
{
    private static readonly DateTime Mark = new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly string _path = Directory.CreateTempSubdirectory("hutch-links-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(-23)] // FAT's local time, after the time zone changed
    [InlineData(1)]
    public void A_marked_file_is_a_link_in_every_respect(int hours)
    {
        Write("it", "!<hutch-link>../ü", Mark.AddHours(hours));
        using FolderHandle folder = FolderHandle.Open(_path);

        Assert.Equal(FileType.SymbolicLink, folder.Status("it")!.Value.Type);
        Assert.Equal("../ü", folder.ReadLink("it").Name);
        Assert.Null(folder.TryOpenFile("it"));
        Assert.False(folder.TryMakeLink("other", "it"));
        folder.SetLinkModified("it", 1_600_000_000_000_000_000);
        Assert.Equal("../ü", folder.ReadLink("it").Name);
    }

    [Theory]
    [InlineData("!<hutch-link>target", "2001-01-03")]
    [InlineData("!<hutch-link>", "2001-01-01")]
    [InlineData("!<hutch-lint>target", "2001-01-01")]
    [InlineData("!<hutch-link>tar\0get", "2001-01-01")]
    public void Any_other_file_is_a_file(string content, string time)
    {
        Write("it", content, DateTime.Parse(time, System.Globalization.CultureInfo.InvariantCulture));
        using FolderHandle folder = FolderHandle.Open(_path);

        Assert.Equal(FileType.File, folder.Status("it")!.Value.Type);
        using var file = folder.TryOpenFile("it");
        Assert.NotNull(file);
    }

    [Fact]
    public void A_longer_file_is_no_link()
    {
        Write("it", "!<hutch-link>" + new string('x', 4097), Mark);
        using FolderHandle folder = FolderHandle.Open(_path);

        Assert.Equal(FileType.File, folder.Status("it")!.Value.Type);
        Assert.False(LinkFile.IsContent(Encoding.UTF8.GetBytes("!<hutch-link>" + new string('x', 4097))));
    }

    [Fact]
    public void Probing_a_disk_for_modes_and_links_leaves_no_files()
    {
        using FolderHandle folder = FolderHandle.Open(_path);

        Assert.True(folder.KeepsModes());
        Assert.True(folder.MakesLinks());
        Assert.Empty(Directory.GetFileSystemEntries(_path));
    }

    private void Write(string name, string content, DateTime time)
    {
        File.WriteAllText(Path.Combine(_path, name), content);
        File.SetLastWriteTimeUtc(Path.Combine(_path, name), time);
    }
}
