using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>realpath(3): where a path leads once every symbolic link on the way is followed.</summary>
[SupportedOSPlatform("linux")]
public static class RealPath
{
    /// <summary>The canonical path, or null when there is no such file.</summary>
    public static unsafe string? Resolve(string path)
    {
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
