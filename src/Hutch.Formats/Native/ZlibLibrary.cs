namespace Hutch.Formats.Native;

/// <summary>
/// The streaming calls of zlib. The framework's <c>ZLibStream</c> would do the same with a few objects for each frame; frames are decoded
/// without any. See https://zlib.net/manual.html.
/// </summary>
internal static unsafe partial class ZlibLibrary
{
    public const string SharedObject = "libz.so.1";

    /// <summary>Z_OK: no error, and more may follow.</summary>
    public const int Ok = 0;

    public const int StreamEnd = 1;

    /// <summary>Z_BUF_ERROR: nothing can be done without more input, or more room.</summary>
    public const int BufferError = -5;

    /// <summary>Z_NO_FLUSH.</summary>
    public const int NoFlush = 0;

    public const int StopAtBlocks = 5;

    /// <summary>The number of bits that says that gzip's frame is expected, with any window.</summary>
    public const int GzipFrame = 31;

    /// <summary>The number of bits that says that no frame is expected, with any window.</summary>
    public const int NoFrame = -15;

    private static ReadOnlySpan<byte> Version => "1.2.13\0"u8;

    static ZlibLibrary() => NativeLibraries.Register();

    public static string VersionText() => Marshal.PtrToStringUTF8(LoadedVersion()) ?? "";

    [LibraryImport(SharedObject, EntryPoint = "zlibVersion")]
    private static partial nint LoadedVersion();

    public static int InflateInit(Stream* stream)
    {
        fixed (byte* version = Version)
        {
            return InflateInit(stream, version, sizeof(Stream));
        }
    }

    /// <summary>Prepares to unpack what comes next in another frame, or in none.</summary>
    [LibraryImport(SharedObject, EntryPoint = "inflateReset2")]
    public static partial int InflateReset(Stream* stream, int windowBits);

    /// <summary>Inserts bits before the first byte of the input.</summary>
    [LibraryImport(SharedObject, EntryPoint = "inflatePrime")]
    public static partial int InflatePrime(Stream* stream, int bits, int value);

    [LibraryImport(SharedObject, EntryPoint = "inflateSetDictionary")]
    public static partial int InflateSetDictionary(Stream* stream, byte* window, uint bytes);

    /// <summary>Copies the window of the last output, at most 32 KiB.</summary>
    [LibraryImport(SharedObject, EntryPoint = "inflateGetDictionary")]
    public static partial int InflateGetDictionary(Stream* stream, byte* window, uint* bytes);

    /// <summary>Unpacks as much as input and output allow.</summary>
    [LibraryImport(SharedObject, EntryPoint = "inflate")]
    public static partial int Inflate(Stream* stream, int flush);

    /// <summary>Frees what <see cref="InflateInit(Stream*)"/> took.</summary>
    [LibraryImport(SharedObject, EntryPoint = "inflateEnd")]
    public static partial int InflateEnd(Stream* stream);

    /// <summary>Packs a whole buffer with zlib's frame.</summary>
    [LibraryImport(SharedObject, EntryPoint = "compress2")]
    public static partial int Compress(byte* destination, nuint* destinationBytes, byte* source, nuint sourceBytes, int level);

    [LibraryImport(SharedObject, EntryPoint = "compressBound")]
    public static partial nuint CompressBound(nuint sourceBytes);

    [LibraryImport(SharedObject, EntryPoint = "inflateInit_")]
    private static partial int InflateInit(Stream* stream, byte* version, int streamBytes);

    /// <summary>zlib's <c>z_stream</c> on 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Stream
    {
        public byte* NextIn;

        /// <summary>Bytes at <see cref="NextIn"/>.</summary>
        public uint AvailableIn;

        public nuint TotalIn;

        public byte* NextOut;

        public uint AvailableOut;

        public nuint TotalOut;

        private readonly byte* _message;
        private readonly void* _state;
        private readonly void* _allocate;
        private readonly void* _free;
        private readonly void* _opaque;

        /// <summary>The number of unused bits of the last byte; +64 in the last block, +128 at the end of a block.</summary>
        public readonly int State;

        private readonly nuint _adler;
        private readonly nuint _reserved;
    }
}
