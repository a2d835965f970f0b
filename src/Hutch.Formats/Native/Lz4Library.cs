namespace Hutch.Formats.Native;

/// <summary>The calls of liblz4 that we use. See https://github.com/lz4/lz4/blob/v1.9.4/lib/lz4.h.</summary>
internal static unsafe partial class Lz4Library
{
    public const string SharedObject = "liblz4.so.1";

    // Not a field initialiser: the resolver must be there before the first import is bound.
    static Lz4Library() => NativeLibraries.Register();

    public static string VersionText() => Marshal.PtrToStringUTF8(VersionString()) ?? "";

    [LibraryImport(SharedObject, EntryPoint = "LZ4_versionString")]
    private static partial nint VersionString();

    /// <summary>
    /// Unpacks one block; never reads or writes outside the two buffers. Returns the bytes written, negative when damaged.
    /// </summary>
    [LibraryImport(SharedObject, EntryPoint = "LZ4_decompress_safe")]
    public static partial int DecompressSafe(byte* source, byte* destination, int sourceBytes, int destinationCapacityBytes);

    /// <summary>Packs one block. Returns the bytes written, 0 when the destination is too small.</summary>
    [LibraryImport(SharedObject, EntryPoint = "LZ4_compress_default")]
    public static partial int Compress(byte* source, byte* destination, int sourceBytes, int destinationCapacityBytes);

    /// <summary>The most bytes that a block of this size can pack to.</summary>
    public static int CompressBound(int bytes) => checked(bytes + (bytes / 255) + 16);
}
