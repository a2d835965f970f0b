using System.Runtime.InteropServices;

namespace Hutch.Formats.Native;

/// <summary>realpath(3): where a path leads once every symbolic link on the way is followed.</summary>
internal static unsafe partial class RealPath
{
    /// <summary>The canonical path, or null when there is no such file.</summary>
    public static string? Of(string path)
    {
        byte* resolved = Resolve(path, null);
        if (resolved == null)
        {
            return null;
        }

        string? text = Marshal.PtrToStringUTF8((nint)resolved);
        NativeMemory.Free(resolved);
        return text;
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* Resolve(string path, byte* resolved);
}
