using Hutch.Disk.Folders;
using Hutch.Testing;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Disk.Tests;

/// <summary>The question if a program writes to a file.</summary>
public sealed class FileWritersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_has_writers_as_long_as_one_has_it_open()
    {
        _folder.Write("a", "alpha");
        using var folder = FolderHandle.Open(_folder.Path);
        using SafeFileHandle file = folder.TryOpenFile("a")!;
        Assert.False(FolderHandle.HasWriters(file));

        using (SafeFileHandle writer = folder.OpenOrCreateFile("a"))
        {
            Assert.True(FolderHandle.HasWriters(file));
        }

        Assert.False(FolderHandle.HasWriters(file));
    }

    [Fact]
    public void A_program_that_only_reads_is_no_writer_and_one_can_write_after_the_question()
    {
        _folder.Write("a", "alpha");
        using var folder = FolderHandle.Open(_folder.Path);
        using SafeFileHandle file = folder.TryOpenFile("a")!;
        using SafeFileHandle reader = folder.TryOpenFile("a")!;
        Assert.False(FolderHandle.HasWriters(file));

        using SafeFileHandle writer = folder.OpenOrCreateFile("a");
        RandomAccess.Write(writer, "beta!"u8, 0);

        Assert.Equal("beta!", File.ReadAllText(_folder["a"]));
    }
}
