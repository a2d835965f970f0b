using System.Runtime.InteropServices;
using Hutch.Disk.Folders;
using Hutch.Disk.Native;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Disk.Tests;

/// <summary>The numbers that the kernel is called with: those of both processors by its headers, and that they do here what they say.</summary>
public sealed class LibCTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-libc-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // In octal as in the headers: include/uapi/asm-generic/fcntl.h; arch/arm64/include/uapi/asm/fcntl.h.
    [Theory]
    [InlineData(Architecture.X64, "40000", "200000", "400000", "20200000")]
    [InlineData(Architecture.Arm64, "200000", "40000", "100000", "20040000")]
    public void The_flags_of_open_are_those_of_the_processor(
        Architecture architecture, string direct, string directory, string noFollow, string unnamed)
    {
        OpenFlags flags = OpenFlags.From(architecture);

        Assert.Equal([direct, directory, noFollow, unnamed], ((int[])[flags.Direct, flags.Directory, flags.NoFollow, flags.Unnamed]).Select(Octal));
    }

    [Fact]
    public void The_flags_that_are_alike_everywhere_are_those_of_the_header() =>
        Assert.Equal(
            ["0", "2", "100", "200", "2000000"],
            ((int[])[OpenFlags.ReadOnly, OpenFlags.ReadWrite, OpenFlags.Create, OpenFlags.Exclusive, OpenFlags.CloseOnExec]).Select(Octal));

    [Fact]
    public void A_processor_whose_flags_are_not_known_is_refused_by_name()
    {
        PlatformNotSupportedException e = Assert.Throws<PlatformNotSupportedException>(static () => OpenFlags.From(Architecture.Ppc64le));

        Assert.Contains("Ppc64le", e.Message, StringComparison.Ordinal);
    }

    /// <summary>M20: Console writes ESC [?1h to a terminal whose size it is asked for.</summary>
    [Fact]
    public void The_size_of_a_terminal_is_read()
    {
        const nuint SetSize = 0x5414; // TIOCSWINSZ
        using SafeFileHandle terminal = File.OpenHandle("/dev/ptmx", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        using SafeFileHandle file = File.OpenHandle("/dev/null");

        Assert.Null(TerminalSize.Find(terminal.DangerousGetHandle()));
        Assert.Equal(0, LibC.Control(terminal.DangerousGetHandle(), SetSize, [25, 132, 0, 0]));
        Assert.Equal((132, 25), TerminalSize.Find(terminal.DangerousGetHandle()));
        Assert.Null(TerminalSize.Find(file.DangerousGetHandle()));
    }

    [Fact]
    public void A_file_is_not_opened_as_a_folder()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "");

        Assert.Equal(ErrorNumber.NotFolder, Refusal("file", OpenFlags.Here.Directory));
        Assert.Equal(0, Refusal("", OpenFlags.Here.Directory));
    }

    [Fact]
    public void A_symbolic_link_is_not_followed()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), "file");

        Assert.Equal(ErrorNumber.SymbolicLinks, Refusal("link", OpenFlags.Here.NoFollow));
        Assert.Equal(0, Refusal("link", OpenFlags.ReadOnly));
    }

    [Fact]
    public void A_file_without_a_name_leaves_none()
    {
        using (SafeFileHandle file = LocalDisk.OpenHandle(_folder, OpenFlags.Here.Unnamed | OpenFlags.ReadWrite))
        {
            RandomAccess.Write(file, "hutch"u8, 0);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void The_kernel_understood_the_flags_as_they_were_meant()
    {
        int flags = OpenFlags.Here.Directory | OpenFlags.Here.NoFollow | OpenFlags.CloseOnExec;

        // The kernel shows the flags of an open file in its own numbers, and may add O_LARGEFILE.
        using SafeFileHandle folder = LocalDisk.OpenHandle(_folder, flags);
        string line = File.ReadLines($"/proc/self/fdinfo/{folder.DangerousGetHandle()}").Single(static line => line.StartsWith("flags:", StringComparison.Ordinal));
        int shown = Convert.ToInt32(line["flags:".Length..].Trim(), 8);

        int largeFile = OpenFlags.Here == OpenFlags.From(Architecture.Arm64) ? 0x20000 : 0x8000;
        Assert.Equal(Octal(flags | largeFile), Octal(shown | largeFile));
    }

    [Fact]
    public void A_file_is_opened_past_the_cache_where_its_file_system_can()
    {
        const int Invalid = 22; // what a file system answers that cannot
        File.WriteAllText(Path.Combine(_folder, "file"), "");

        Assert.Contains(Refusal("file", OpenFlags.Here.Direct), (int[])[0, Invalid]);
    }

    [Fact]
    public void A_failure_says_what_could_not_be_done_and_why()
    {
        string path = Path.Combine(_folder, "none");

        FileNotFoundException missing = Assert.Throws<FileNotFoundException>(() => FolderHandle.Open(path));
        IOException taken = Assert.Throws<IOException>(() => LocalDisk.OpenHandle("/", OpenFlags.ReadWrite));

        Assert.Equal(($"Cannot open '{path}': No such file or directory.", ErrorNumber.NoEntry), (missing.Message, missing.HResult));
        Assert.Equal(("Cannot open '/': Is a directory.", ErrorNumber.IsFolder), (taken.Message, taken.HResult));
    }

    [Fact]
    public void A_path_is_followed_to_where_it_leads()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), "file");

        Assert.Equal(RealPath.Resolve(Path.Combine(_folder, "file")), RealPath.Resolve(Path.Combine(_folder, "link")));
        Assert.Null(RealPath.Resolve(Path.Combine(_folder, "none")));
    }

    /// <summary>The error number that opening answers; 0 when it is opened.</summary>
    private int Refusal(string name, int flags)
    {
        try
        {
            LocalDisk.OpenHandle(Path.Combine(_folder, name), flags).Dispose();
            return 0;
        }
        catch (IOException e)
        {
            return e.HResult;
        }
    }

    private static string Octal(int flags) => Convert.ToString(flags, 8);
}
