using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Hutch.Formats.Frames;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

/// <summary>
/// Filters for chunks that detectors write, in place of the plug-ins, which the reader does not load: bitshuffle with LZ4, and LZ4.
/// </summary>
internal static unsafe class PackedChunks
{
    private const int ClassVersion = 1;
    private const int Backwards = 0x100;
    private const int SizeBytes = sizeof(ulong);
    private const ulong MaxChunkBytes = 1 << 30;
    private const int ElementSizeValue = 2;
    private const int CodecValue = 4;
    private const uint Lz4Codec = 2;

    /// <summary>Makes them known to the library of this process.</summary>
    public static void Register()
    {
        lock (Hdf5Library.Gate)
        {
            Register(FrameCodecs.BitshuffleFilterId, &Bitshuffle);
            Register(FrameCodecs.Lz4FilterId, &Lz4);
        }
    }

    private static void Register(int id, delegate* unmanaged<uint, nuint, uint*, nuint, nuint*, void**, nuint> filter)
    {
        var registered = new Hdf5FilterClass { Version = ClassVersion, Id = id, HasDecoder = 1, Filter = filter };
        Hdf5Library.Check(Hdf5Library.H5Zregister(&registered));
    }

    [UnmanagedCallersOnly]
    private static nuint Bitshuffle(uint flags, nuint count, uint* values, nuint bytes, nuint* capacity, void** buffer) =>
        count > CodecValue && values[CodecValue] == Lz4Codec
            ? Unpack(FrameCodec.BitshuffleLz4, flags, (int)values[ElementSizeValue], bytes, capacity, buffer)
            : 0;

    [UnmanagedCallersOnly]
    private static nuint Lz4(uint flags, nuint count, uint* values, nuint bytes, nuint* capacity, void** buffer) =>
        Unpack(FrameCodec.Lz4, flags, 1, bytes, capacity, buffer);

    /// <summary>Unpacks a chunk, which begins with its size, and returns the size; 0 is a failure.</summary>
    private static nuint Unpack(FrameCodec codec, uint flags, int elementSize, nuint bytes, nuint* capacity, void** buffer)
    {
        if ((flags & Backwards) == 0 || bytes < SizeBytes || bytes > MaxChunkBytes)
        {
            return 0;
        }

        ulong size = BinaryPrimitives.ReadUInt64BigEndian(new ReadOnlySpan<byte>(*buffer, SizeBytes));
        if (size is 0 or > MaxChunkBytes)
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
        if (StoreDriver.WithFiles(() => FrameDecoder.TryDecode(
            codec, elementSize, 0, new ReadOnlySpan<byte>(packed, (int)bytes), new Span<byte>(pixels, (int)size))) != FrameDecodeError.None)
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
