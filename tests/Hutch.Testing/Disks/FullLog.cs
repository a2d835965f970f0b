using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Testing.Disks;

/// <summary>A disk that is full for the write-ahead log of a database of this process, until it is disposed. The log must be empty.</summary>
public sealed partial class FullLog : IDisposable
{
    private readonly List<(int Descriptor, int Kept)> _logs = [];

    private FullLog()
    {
    }

    /// <summary>Fills the disk of the log of a database, wherever this process has it open.</summary>
    public static FullLog Of(string database)
    {
        var full = new FullLog();
        using SafeFileHandle none = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.ReadWrite);
        foreach (string link in Directory.GetFiles("/proc/self/fd"))
        {
            if (new FileInfo(link).LinkTarget == database + "-wal")
            {
                int descriptor = int.Parse(Path.GetFileName(link), CultureInfo.InvariantCulture);
                full._logs.Add((descriptor, Duplicate(descriptor)));
                Replace(none.DangerousGetHandle().ToInt32(), descriptor);
            }
        }

        return full._logs.Count > 0 ? full : throw new InvalidOperationException($"This process has not opened the log of '{database}'.");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach ((int descriptor, int kept) in _logs)
        {
            Replace(kept, descriptor);
            _ = Close(kept);
        }
    }

    private static void Replace(int descriptor, int place)
    {
        if (Duplicate(descriptor, place) != place)
        {
            throw new IOException("dup2 failed.");
        }
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int descriptor, int place);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
