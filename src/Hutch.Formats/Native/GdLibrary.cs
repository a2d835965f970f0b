namespace Hutch.Formats.Native;

/// <summary>
/// The calls of libgd that we use, which unpacks the images of cameras and the web. Called in the reader process only. See
/// https://libgd.github.io/manuals/2.3.3/files/preamble-txt.html.
/// </summary>
internal static unsafe partial class GdLibrary
{
    public const string SharedObject = "libgd.so.3";

    // Not a field initialiser: the resolver must be there before the first import is bound.
    static GdLibrary() => NativeLibraries.Register();

    [LibraryImport(SharedObject, EntryPoint = "gdImageCreateFromPngPtr")]
    public static partial Image* FromPng(int bytes, byte* file);

    /// <summary>Unpacks JPEG; what only deserves a warning is passed over where <paramref name="isTolerant"/> is not 0.</summary>
    [LibraryImport(SharedObject, EntryPoint = "gdImageCreateFromJpegPtrEx")]
    public static partial Image* FromJpeg(int bytes, byte* file, int isTolerant);

    [LibraryImport(SharedObject, EntryPoint = "gdImageCreateFromGifPtr")]
    public static partial Image* FromGif(int bytes, byte* file);

    [LibraryImport(SharedObject, EntryPoint = "gdImageCreateFromWebpPtr")]
    public static partial Image* FromWebp(int bytes, byte* file);

    [LibraryImport(SharedObject, EntryPoint = "gdImageCreateFromBmpPtr")]
    public static partial Image* FromBmp(int bytes, byte* file);

    [LibraryImport(SharedObject, EntryPoint = "gdImageCreateTrueColor")]
    public static partial Image* Create(int columns, int rows);

    /// <summary>Sets whether files of the image keep its transparency.</summary>
    [LibraryImport(SharedObject, EntryPoint = "gdImageSaveAlpha")]
    public static partial void SaveAlpha(Image* image, int isSaved);

    /// <summary>Sets whether new pixels are mixed with the existing ones.</summary>
    [LibraryImport(SharedObject, EntryPoint = "gdImageAlphaBlending")]
    public static partial void Blend(Image* image, int isMixed);

    /// <summary>A pixel: seven bits of transparency, then red, green and blue; of images with a palette, too.</summary>
    [LibraryImport(SharedObject, EntryPoint = "gdImageGetTrueColorPixel")]
    [SuppressGCTransition]
    public static partial uint Pixel(Image* image, int x, int y);

    [LibraryImport(SharedObject, EntryPoint = "gdImageSetPixel")]
    [SuppressGCTransition]
    public static partial void SetPixel(Image* image, int x, int y, uint colour);

    /// <summary>Packs as WebP; null when there is no memory for it. The bytes are freed by <see cref="Free"/>.</summary>
    [LibraryImport(SharedObject, EntryPoint = "gdImageWebpPtrEx")]
    public static partial byte* ToWebp(Image* image, int* bytes, int quality);

    [LibraryImport(SharedObject, EntryPoint = "gdImageDestroy")]
    public static partial void Destroy(Image* image);

    [LibraryImport(SharedObject, EntryPoint = "gdFree")]
    public static partial void Free(void* memory);

    [StructLayout(LayoutKind.Sequential)]
    public struct Image
    {
        private readonly nint _pixels;

        public readonly int Columns, Rows;
    }
}
