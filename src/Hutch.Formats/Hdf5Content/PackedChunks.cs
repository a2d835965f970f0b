using Hutch.Formats.Frames;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

/// <summary>Filters for chunks of detectors and h5py, as the reader loads no plug-ins: bitshuffle with LZ4, LZ4, LZF.</summary>
internal static unsafe class PackedChunks
{
    private const int ClassVersion = 1;
    private const int Backwards = 0x100;
    private const int SizeBytes = sizeof(ulong);
    private const ulong MaxChunkBytes = 1 << 30;
    private const int ElementSizeValue = 2;
    private const int LzfSizeValue = 2;

    private delegate FrameDecodeError Decoder(ReadOnlySpan<byte> packed, Span<byte> pixels);

    /// <summary>Makes them known to the library of this process.</summary>
    public static void Register()
    {
        lock (Hdf5Library.Gate)
        {
            Register(FrameCodecs.BitshuffleFilterId, &Bitshuffle);
            Register(FrameCodecs.Lz4FilterId, &Lz4);
            Register(FrameCodecs.LzfFilterId, &Lzf);
        }
    }

    private static void Register(int id, delegate* unmanaged<uint, nuint, uint*, nuint, nuint*, void**, nuint> filter)
    {
        var registered = new Hdf5FilterClass { Version = ClassVersion, Id = id, HasDecoder = 1, Filter = filter };
        Hdf5Library.Check(Hdf5Library.H5Zregister(&registered));
    }

    [UnmanagedCallersOnly]
    private static nuint Bitshuffle(uint flags, nuint count, uint* values, nuint bytes, nuint* capacity, void** buffer)
    {
        int elementSize = count > ElementSizeValue ? (int)values[ElementSizeValue] : 0;
        return BitTranspose.HasSize(elementSize)
            ? Unpack(
                (packed, pixels) => BitshuffleLz4Framing.Decode(elementSize, packed, pixels),
                flags, Size(bytes, buffer), bytes, capacity, buffer)
            : 0;
    }

    [UnmanagedCallersOnly]
    private static nuint Lz4(uint flags, nuint count, uint* values, nuint bytes, nuint* capacity, void** buffer) =>
        Unpack(Lz4Framing.Decode, flags, Size(bytes, buffer), bytes, capacity, buffer);

    [UnmanagedCallersOnly]
    private static nuint Lzf(uint flags, nuint count, uint* values, nuint bytes, nuint* capacity, void** buffer) =>
        Unpack(LzfCoding.Decode, flags, count > LzfSizeValue ? values[LzfSizeValue] : 0, bytes, capacity, buffer);

    /// <summary>The size with which a chunk of bitshuffle or LZ4 begins.</summary>
    private static ulong Size(nuint bytes, void** buffer) =>
        bytes < SizeBytes ? 0 : BinaryPrimitives.ReadUInt64BigEndian(new ReadOnlySpan<byte>(*buffer, SizeBytes));

    /// <summary>Unpacks a chunk of so many bytes, and returns how many; 0 is a failure.</summary>
    private static nuint Unpack(Decoder decode, uint flags, ulong size, nuint bytes, nuint* capacity, void** buffer)
    {
        if ((flags & Backwards) == 0 || bytes > MaxChunkBytes || size is 0 or > MaxChunkBytes)
        {
            return 0;
        }

        // The library frees it, with free().
        void* pixels;
        try
        {
            pixels = NativeMemory.Alloc((nuint)size);
        }
        catch (OutOfMemoryException)
        {
            return 0;
        }

        void* packed = *buffer;
        bool isWhole;
        try
        {
            isWhole = StoreDriver.WithFiles(() => decode(
                new ReadOnlySpan<byte>(packed, (int)bytes), new Span<byte>(pixels, (int)size))) == FrameDecodeError.None;
        }
        catch (Exception)
        {
            isWhole = false; // nothing may be thrown through the library
        }

        if (!isWhole)
        {
            NativeMemory.Free(pixels);
            return 0;
        }

        NativeMemory.Free(packed);
        *buffer = pixels;
        *capacity = (nuint)size;
        return (nuint)size;
    }
}
