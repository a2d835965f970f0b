namespace Hutch.Formats.Native;

/// <summary>The calls of liblzma that we use. See https://github.com/tukaani-project/xz/tree/v5.4.1/src/liblzma/api/lzma.</summary>
internal static unsafe partial class LzmaLibrary
{
    public const string SharedObject = "liblzma.so.5";

    /// <summary>The bytes before the data of a <c>.lzma</c> file: five of the coder, and the size of the content.</summary>
    public const int AloneHeaderBytes = 13;

    private const int Ok = 0;
    private const int StreamEnd = 1;
    private const int Run = 0;
    private const int Finish = 3;

    /// <summary>The memory of the decoder beside its dictionary.</summary>
    private const ulong StateBytes = 1 << 20;

    static LzmaLibrary() => NativeLibraries.Register();

    /// <summary>
    /// Unpacks data of LZMA whose size is known. Returns false if it is damaged, or needs more memory than its content.
    /// </summary>
    /// <param name="header">The <see cref="AloneHeaderBytes"/> that a <c>.lzma</c> file with this content would begin with.</param>
    public static bool TryUnpack(ReadOnlySpan<byte> header, ReadOnlySpan<byte> packed, Span<byte> content)
    {
        Stream stream = default;
        try
        {
            fixed (byte* from = header, data = packed, to = content)
            {
                if (InitializeAlone(&stream, (ulong)content.Length + StateBytes) != Ok)
                {
                    return false;
                }

                stream.Next = from;
                stream.Available = (nuint)header.Length;
                stream.NextOut = to;
                stream.AvailableOut = (nuint)content.Length;
                if (Code(&stream, Run) != Ok)
                {
                    return false;
                }

                stream.Next = data;
                stream.Available = (nuint)packed.Length;
                return Code(&stream, Finish) is Ok or StreamEnd && stream.AvailableOut == 0;
            }
        }
        finally
        {
            End(&stream);
        }
    }

    [LibraryImport(SharedObject, EntryPoint = "lzma_alone_decoder")]
    private static partial int InitializeAlone(Stream* stream, ulong memoryLimit);

    [LibraryImport(SharedObject, EntryPoint = "lzma_code")]
    private static partial int Code(Stream* stream, int action);

    [LibraryImport(SharedObject, EntryPoint = "lzma_end")]
    private static partial void End(Stream* stream);

    /// <summary>lzma_stream of base.h, on systems with pointers of 64 bits.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 136)]
    private struct Stream
    {
        public byte* Next;
        public nuint Available;
        public ulong Total;
        public byte* NextOut;
        public nuint AvailableOut;
    }
}
