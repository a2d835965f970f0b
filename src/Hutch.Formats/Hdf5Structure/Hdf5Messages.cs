using Hutch.Formats.Frames;

namespace Hutch.Formats.Hdf5Structure;

/// <summary>
/// The messages in the headers of HDF5's objects, in the versions that every libhdf5 since 1.8 reads. Section IV.A.2 of
/// https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html.
/// </summary>
internal static class Hdf5Messages
{
    public const byte DataspaceType = 0x01;
    public const byte LinkInfoType = 0x02;
    public const byte DatatypeType = 0x03;
    public const byte FillValueType = 0x05;
    public const byte LinkType = 0x06;
    public const byte LayoutType = 0x08;
    public const byte GroupInfoType = 0x0A;
    public const byte FilterPipelineType = 0x0B;
    public const byte AttributeType = 0x0C;

    public const ulong NoAddress = ulong.MaxValue;

    /// <summary>The most dimensions that HDF5 has.</summary>
    public const int MaxRank = 32;

    private const int FirstNamedFilter = 256;

    public static byte[] LinkInfo() => Write(static to =>
    {
        to.Write((byte)0);
        to.Write((byte)0);
        to.Write(NoAddress);
        to.Write(NoAddress);
    });

    public static byte[] GroupInfo() => [0, 0];

    public static byte[] Link(byte[] name, ulong address) => Write(to =>
    {
        const byte TwoByteLength = 1, HasCharacterSet = 1 << 4, Utf8 = 1;
        to.Write((byte)1);
        to.Write((byte)(TwoByteLength | HasCharacterSet));
        to.Write(Utf8);
        to.Write(checked((ushort)name.Length));
        to.Write(name);
        to.Write(address);
    });

    public static byte[] Attribute(byte[] name, Hdf5Value value) => Write(to =>
    {
        byte[] space = Dataspace(value.Shape);
        to.Write((byte)3);
        to.Write((byte)0);
        to.Write(checked((ushort)(name.Length + 1)));
        to.Write((ushort)value.Type.Length);
        to.Write((ushort)space.Length);
        to.Write((byte)1); // UTF-8
        to.Write(name);
        to.Write((byte)0);
        to.Write(value.Type);
        to.Write(space);
        to.Write(value.Bytes);
    });

    public static byte[] Dataspace(ulong[] shape) => Write(to =>
    {
        to.Write((byte)2);
        to.Write((byte)shape.Length);
        to.Write((byte)0);
        to.Write((byte)(shape.Length == 0 ? 0 : 1));
        foreach (ulong length in shape)
        {
            to.Write(length);
        }
    });

    /// <summary>A number, little-endian.</summary>
    public static byte[] Number(ElementType type) => type switch
    {
        ElementType.Float32 => Real(4, 23, 8, 127),
        ElementType.Float64 => Real(8, 52, 11, 1023),
        _ => Write(to =>
        {
            const byte Signed = 1 << 3;
            bool isSigned = type is ElementType.Int8 or ElementType.Int16 or ElementType.Int32 or ElementType.Int64;
            to.Write((byte)0x10);
            to.Write(isSigned ? Signed : (byte)0);
            to.Write((ushort)0);
            to.Write((uint)type.Size());
            to.Write((ushort)0);
            to.Write((ushort)(8 * type.Size()));
        }),
    };

    /// <summary>A text of so many bytes, filled up with NUL.</summary>
    public static byte[] Text(int bytes, bool isAscii) => Write(to =>
    {
        const byte NullPadded = 1, Utf8 = 1 << 4;
        to.Write((byte)0x13);
        to.Write((byte)(isAscii ? NullPadded : NullPadded | Utf8));
        to.Write((ushort)0);
        to.Write((uint)bytes);
    });

    /// <summary>Returns the fill value of unwritten parts: 0, unless a number is given.</summary>
    public static byte[] FillValue(ElementType? type = null, long number = 0) => Write(to =>
    {
        const byte AllocateAsNeeded = 3, WriteIfSet = 2 << 2, IsDefined = 1 << 5;
        to.Write((byte)3);
        to.Write((byte)(AllocateAsNeeded | WriteIfSet | (type is null ? 0 : IsDefined)));
        if (type is { } of)
        {
            to.Write((uint)of.Size());
            to.Write(BitConverter.GetBytes(number).AsSpan(0, of.Size()));
        }
    });

    /// <summary>Bytes in the header itself.</summary>
    public static byte[] Compact(byte[] bytes) => Write(to =>
    {
        to.Write((byte)3);
        to.Write((byte)0);
        to.Write(checked((ushort)bytes.Length));
        to.Write(bytes);
    });

    /// <summary>Bytes elsewhere in the file, in one piece.</summary>
    public static byte[] Contiguous(ulong address, ulong bytes) => Write(to =>
    {
        to.Write((byte)3);
        to.Write((byte)1);
        to.Write(bytes == 0 ? NoAddress : address);
        to.Write(bytes);
    });

    public static byte[] Chunked(ulong index, ReadOnlyMemory<uint> chunkShape, int elementBytes) => Write(to =>
    {
        to.Write((byte)3);
        to.Write((byte)2);
        to.Write((byte)(chunkShape.Length + 1));
        to.Write(index);
        foreach (uint length in chunkShape.Span)
        {
            to.Write(length);
        }

        to.Write((uint)elementBytes);
    });

    /// <summary>
    /// Returns the filters of a codec, or null when it has none. They are only named here: their output is already stored.
    /// </summary>
    public static byte[]? FilterPipeline(FrameCodec codec, int elementBytes)
    {
        (int Id, uint[] Values)[] filters = Hdf5Filters.For(codec, elementBytes);
        return filters.Length == 0 ? null : Write(to =>
        {
            to.Write((byte)2);
            to.Write((byte)filters.Length);
            foreach ((int id, uint[] values) in filters)
            {
                to.Write((ushort)id);
                if (id >= FirstNamedFilter)
                {
                    to.Write((ushort)0);
                }

                to.Write(Hdf5Filters.Optional);
                to.Write((ushort)values.Length);
                Array.ForEach(values, to.Write);
            }
        });
    }

    /// <summary>The filter mask of a chunk that went through none of the filters.</summary>
    public static uint SkipAll(FrameCodec codec) => (1u << Hdf5Filters.For(codec, 1).Length) - 1;

    private static byte[] Real(int bytes, byte mantissaBits, byte exponentBits, uint bias) => Write(to =>
    {
        const byte ImpliedFirstBit = 2 << 4;
        to.Write((byte)0x11);
        to.Write(ImpliedFirstBit);
        to.Write((byte)((8 * bytes) - 1)); // where the sign is
        to.Write((byte)0);
        to.Write((uint)bytes);
        to.Write((ushort)0);
        to.Write((ushort)(8 * bytes));
        to.Write(mantissaBits); // the exponent begins behind it
        to.Write(exponentBits);
        to.Write((byte)0);
        to.Write(mantissaBits);
        to.Write(bias);
    });

    private static byte[] Write(Action<BinaryWriter> write)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        write(writer);
        writer.Flush();
        return bytes.ToArray();
    }
}
