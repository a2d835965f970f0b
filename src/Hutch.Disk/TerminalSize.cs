using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>
/// The size of a terminal, as the system knows it. <see cref="Console"/> would first switch the keys of the terminal to another mode, in
/// which it stays after the program.
/// </summary>
[SupportedOSPlatform("linux")]
public static class TerminalSize
{
    /// <summary>Returns the columns and rows of the terminal behind a descriptor; null for no terminal, or one without a size.</summary>
    public static (int Width, int Height)? Find(nint descriptor)
    {
        // struct winsize: rows, columns, and both in pixels.
        Span<ushort> size = [0, 0, 0, 0];
        return LibC.Control(descriptor, LibC.TerminalSize, size) == 0 && size[0] > 0 && size[1] > 0 ? (size[1], size[0]) : null;
    }
}
