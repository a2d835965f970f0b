using System.Reflection;
using Hutch.Disk;
using SkiaSharp;

namespace Hutch.Formats.Native;

/// <summary>
/// Skia's library, which unpacks the images of cameras and the web and packs thumbnails. It is in the full program. Called in the
/// reader process only.
/// </summary>
internal static class SkiaLibrary
{
    private const string Import = "libSkiaSharp";

    private static readonly Lazy<bool> Loaded = new(Bind);

    /// <summary>
    /// Loads the library. Call it before the process limits itself: a library that is loaded from memory is written to a file in memory
    /// first, and <see cref="ProcessLimits.Apply"/> forbids writing files of any kind.
    /// </summary>
    public static void Load() => _ = Loaded.Value;

    /// <exception cref="HutchException">This system cannot load the library.</exception>
    public static void Require()
    {
        if (!Loaded.Value)
        {
            throw ErrorCode.Unavailable.With(
                "There are no thumbnails on this system: it cannot load the library Skia from memory.").ToException();
        }
    }

    private static bool Bind()
    {
        if (!OperatingSystem.IsLinux() || Assembly.GetEntryAssembly() is not { } program
            || EmbeddedLibrary.TryLoad(program, "skia") is not { } handle)
        {
            return false;
        }

        NativeLibrary.SetDllImportResolver(typeof(SKCodec).Assembly, (name, _, _) => name == Import ? handle : 0);
        return true;
    }
}
