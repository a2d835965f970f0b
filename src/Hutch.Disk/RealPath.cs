using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>realpath(3): where a path leads once every symbolic link on the way is followed.</summary>
public static class RealPath
{
    /// <summary>The canonical path, or null when there is no such file.</summary>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public static unsafe string? Resolve(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException();
        }

        byte* resolved = LibC.RealPath(path, null);
        if (resolved == null)
        {
            return null;
        }

        string? text = Marshal.PtrToStringUTF8((nint)resolved);
        NativeMemory.Free(resolved);
        return text;
    }
}
