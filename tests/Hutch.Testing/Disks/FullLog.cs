using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Site.Tests.Sites;

/// <summary>A disk that is full for the write-ahead log of a database of this process, until it is disposed. The log must be empty.</summary>
internal sealed partial class FullLog : IDisposable
{
    private readonly List<(int Descriptor, int Kept)> _logs = [];

    private FullLog()
    {
    }

    public static FullLog Of(string database)
    {
        var full = new FullLog();
        using SafeFileHandle none = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.ReadWrite);
        foreach (string link in Directory.GetFiles("/proc/self/fd"))
        {
            if (new FileInfo(link).LinkTarget == database + "-wal")
            {
                int descriptor = int.Parse(Path.GetFileName(link));
                full._logs.Add((descriptor, Duplicate(descriptor)));
                Assert.Equal(descriptor, Duplicate(none.DangerousGetHandle().ToInt32(), descriptor));
            }
        }

        Assert.NotEmpty(full._logs);
        return full;
    }

    public void Dispose()
    {
        foreach ((int descriptor, int kept) in _logs)
        {
            Assert.Equal(descriptor, Duplicate(kept, descriptor));
            Assert.Equal(0, Close(kept));
        }
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int descriptor, int place);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
