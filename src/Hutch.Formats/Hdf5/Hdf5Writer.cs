using Hutch.Formats.Frames;
using Hutch.Formats.Hdf5Structure;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5;

/// <summary>
/// Writes one HDF5 file: groups, small values with attributes, and data sets of frames. Hold <see cref="Hdf5Library.Gate"/>.
/// </summary>
internal sealed unsafe class Hdf5Writer : IHdf5Tree, IDisposable
{
    private const uint Truncate = 2;
    private const int NullPadded = 1;
    private const int ScalarSpace = 0;

    private readonly Hdf5Id _file;
    private readonly Dictionary<string, Hdf5Id> _groups = new(StringComparer.Ordinal);

    /// <summary>Creates the file, in place of one that was there.</summary>
    public Hdf5Writer(string path)
    {
        using Hdf5Id access = Hdf5Library.NewUnlockedAccess();
        _file = Hdf5Library.Check(Hdf5Library.H5Fcreate(path, Truncate, Hdf5Id.Default, access));
    }

    public void Group(string path, string? nexusClass = null)
    {
        Hdf5Id group = OpenGroup(path);
        if (nexusClass is not null)
        {
            WriteAttribute(group, "NX_class", nexusClass);
        }
    }

    public void GroupAttribute(string path, string name, object value) => WriteAttribute(OpenGroup(path), name, value);

    public void Value(string path, object value, params (string Name, object Value)[] attributes)
    {
        using WrittenValue written = Encode(value);
        using Hdf5Id dataset = Hdf5Library.Check(
            Hdf5Library.H5Dcreate2(
                Parent(path), Name(path), written.Type, written.Space, Hdf5Id.Default, Hdf5Id.Default, Hdf5Id.Default));
        fixed (byte* bytes = written.Bytes)
        {
            Hdf5Library.Check(Hdf5Library.H5Dwrite(dataset, written.Type, Hdf5Id.Default, Hdf5Id.Default, Hdf5Id.Default, bytes));
        }

        foreach ((string name, object attribute) in attributes)
        {
            WriteAttribute(dataset, name, attribute);
        }
    }

    /// <summary>Writes an array of rows and columns in one compressed chunk.</summary>
    public void Array<T>(string path, ReadOnlySpan<T> numbers, int rows, int columns, FrameCodec codec)
        where T : unmanaged
    {
        ElementType type = typeof(T) == typeof(uint) ? ElementType.UInt32 : ElementType.Float32;
        using Hdf5Id dataset = CreateFrames(path, [(ulong)rows, (ulong)columns], type, codec);
        ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers);
        byte[] packed = new byte[FrameEncoder.MaxEncodedLength(codec, bytes.Length)];
        int length = FrameEncoder.Encode(codec, sizeof(T), bytes, packed);
        WriteChunk(dataset, [0, 0], packed.AsSpan(0, length));
    }

    /// <summary>Makes a data set whose chunks are whole images.</summary>
    /// <param name="shape">Its lengths, those of an image last.</param>
    /// <param name="type">The type of a pixel.</param>
    public Hdf5Id CreateFrames(string path, ulong[] shape, ElementType type, FrameCodec codec)
    {
        ulong[] chunk = (ulong[])shape.Clone();
        System.Array.Fill(chunk, 1UL, 0, shape.Length - 2);
        using Hdf5Id list = Hdf5Library.Check(Hdf5Library.H5Pcreate(Hdf5Library.Constant("H5P_CLS_DATASET_CREATE_ID_g")));
        fixed (ulong* lengths = shape, chunkLengths = chunk)
        {
            Hdf5Library.Check(Hdf5Library.H5Pset_chunk(list, chunk.Length, chunkLengths));
            SetFilters(list, codec, type.Size());
            using Hdf5Id space = Hdf5Library.Check(Hdf5Library.H5Screate_simple(shape.Length, lengths, null));
            return Hdf5Library.Check(
                Hdf5Library.H5Dcreate2(Parent(path), Name(path), NativeType(type), space, Hdf5Id.Default, list, Hdf5Id.Default));
        }
    }

    /// <summary>Makes a virtual data set of whole images out of parts that follow each other.</summary>
    public void Virtual(string path, ulong[] shape, ElementType type, IEnumerable<(string File, string Dataset, ulong[] Shape)> parts)
    {
        using Hdf5Id list = Hdf5Library.Check(Hdf5Library.H5Pcreate(Hdf5Library.Constant("H5P_CLS_DATASET_CREATE_ID_g")));
        ulong[] start = new ulong[shape.Length];
        fixed (ulong* lengths = shape, first = start)
        {
            foreach ((string file, string dataset, ulong[] partShape) in parts)
            {
                fixed (ulong* partLengths = partShape)
                {
                    using Hdf5Id target = Hdf5Library.Check(Hdf5Library.H5Screate_simple(shape.Length, lengths, null));
                    using Hdf5Id source = Hdf5Library.Check(Hdf5Library.H5Screate_simple(partShape.Length, partLengths, null));
                    Hdf5Library.Check(Hdf5Library.H5Sselect_hyperslab(target, 0, first, null, partLengths, null));
                    Hdf5Library.Check(Hdf5Library.H5Pset_virtual(list, target, file, dataset, source));
                    start[0] += partShape[0];
                }
            }

            using Hdf5Id space = Hdf5Library.Check(Hdf5Library.H5Screate_simple(shape.Length, lengths, null));
            Hdf5Library.Check(
                Hdf5Library.H5Dcreate2(Parent(path), Name(path), NativeType(type), space, Hdf5Id.Default, list, Hdf5Id.Default)).Dispose();
        }
    }

    public void ExternalLink(string path, string file, string target) =>
        Hdf5Library.Check(Hdf5Library.H5Lcreate_external(file, target, Parent(path), Name(path), Hdf5Id.Default, Hdf5Id.Default));

    /// <summary>
    /// Lets libhdf5 load no plug-in while files are written by chunks, where none is needed: a plug-in would have its say in the parameters
    /// of its filter. Returns the state to go back to.
    /// </summary>
    public static uint WithoutPlugins()
    {
        uint before;
        Hdf5Library.Check(Hdf5Library.H5PLget_loading_state(&before));
        Hdf5Library.Check(Hdf5Library.H5PLset_loading_state(0));
        return before;
    }

    /// <summary>Writes the stored bytes of one chunk.</summary>
    public static void WriteChunk(Hdf5Id dataset, ReadOnlySpan<ulong> offset, ReadOnlySpan<byte> chunk, uint filterMask = 0)
    {
        fixed (ulong* at = offset)
        {
            fixed (byte* bytes = chunk)
            {
                Hdf5Library.Check(Hdf5Library.H5Dwrite_chunk(dataset, Hdf5Id.Default, filterMask, at, (nuint)chunk.Length, bytes));
            }
        }
    }

    public static void WriteAttribute(Hdf5Id item, string name, object value)
    {
        using WrittenValue written = Encode(value);
        using Hdf5Id attribute = Hdf5Library.Check(
            Hdf5Library.H5Acreate2(item, name, written.Type, written.Space, Hdf5Id.Default, Hdf5Id.Default));
        fixed (byte* bytes = written.Bytes)
        {
            Hdf5Library.Check(Hdf5Library.H5Awrite(attribute, written.Type, bytes));
        }
    }

    public void Dispose()
    {
        foreach (Hdf5Id group in _groups.Values)
        {
            group.Dispose();
        }

        try
        {
            Hdf5Library.Check(Hdf5Library.H5Fflush(_file, 1));
        }
        finally
        {
            _file.Dispose();
        }
    }

    // Written by direct chunk write, so the filter only has to be named, never run. When its plug-in is loaded nevertheless, it fills in
    // the first three parameters.
    private static void SetFilters(Hdf5Id list, FrameCodec codec, int elementSize)
    {
        foreach ((int filter, uint[] values) in Hdf5Filters.For(codec, elementSize))
        {
            bool isFilledIn = filter == FrameCodecs.BitshuffleFilterId && Hdf5Library.H5Zfilter_avail(filter) > 0;
            SetFilter(list, filter, isFilledIn ? values.AsSpan(Hdf5Filters.FilledInByBitshuffle) : values);
        }
    }

    private static void SetFilter(Hdf5Id list, int filter, ReadOnlySpan<uint> values)
    {
        fixed (uint* parameters = values)
        {
            Hdf5Library.Check(Hdf5Library.H5Pset_filter(list, filter, Hdf5Filters.Optional, (nuint)values.Length, parameters));
        }
    }

    private static Hdf5Id NativeType(ElementType type) => Hdf5Library.Constant(type switch
    {
        ElementType.UInt8 => "H5T_STD_U8LE_g",
        ElementType.Int8 => "H5T_STD_I8LE_g",
        ElementType.UInt16 => "H5T_STD_U16LE_g",
        ElementType.Int16 => "H5T_STD_I16LE_g",
        ElementType.UInt32 => "H5T_STD_U32LE_g",
        ElementType.Int32 => "H5T_STD_I32LE_g",
        ElementType.UInt64 => "H5T_STD_U64LE_g",
        ElementType.Int64 => "H5T_STD_I64LE_g",
        ElementType.Float32 => "H5T_IEEE_F32LE_g",
        _ => "H5T_IEEE_F64LE_g",
    });

    private static WrittenValue Encode(object value) => value switch
    {
        string text => Text(text),
        string[] texts => Texts(texts),
        int number => new WrittenValue(NativeType(ElementType.Int64), Shape([]), BitConverter.GetBytes((long)number)),
        long number => new WrittenValue(NativeType(ElementType.Int64), Shape([]), BitConverter.GetBytes(number)),
        double number => new WrittenValue(NativeType(ElementType.Float64), Shape([]), BitConverter.GetBytes(number)),
        long[] numbers => new WrittenValue(NativeType(ElementType.Int64), Shape([(ulong)numbers.Length]), Bytes<long>(numbers)),
        double[] numbers => new WrittenValue(NativeType(ElementType.Float64), Shape([(ulong)numbers.Length]), Bytes<double>(numbers)),
        _ => throw new ArgumentException($"Values of {value.GetType()} are not written.", nameof(value)),
    };

    private static byte[] Bytes<T>(ReadOnlySpan<T> numbers)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers).ToArray();

    private static WrittenValue Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text.Length == 0 ? "\0" : text);
        return new WrittenValue(TextType(bytes.Length), Shape([]), bytes);
    }

    private static WrittenValue Texts(string[] texts)
    {
        int width = Math.Max(1, texts.Max(static text => Encoding.UTF8.GetByteCount(text)));
        byte[] bytes = new byte[width * texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            Encoding.UTF8.GetBytes(texts[i], bytes.AsSpan(i * width, width));
        }

        return new WrittenValue(TextType(width), Shape([(ulong)texts.Length]), bytes);
    }

    private static Hdf5Id TextType(int bytes)
    {
        Hdf5Id type = Hdf5Library.Check(Hdf5Library.H5Tcopy(Hdf5Library.Constant("H5T_C_S1_g")));
        Hdf5Library.Check(Hdf5Library.H5Tset_size(type, (nuint)bytes));
        Hdf5Library.Check(Hdf5Library.H5Tset_strpad(type, NullPadded));
        return type;
    }

    private static Hdf5Id Shape(ReadOnlySpan<ulong> lengths)
    {
        fixed (ulong* l = lengths)
        {
            return Hdf5Library.Check(
                lengths.IsEmpty ? Hdf5Library.H5Screate(ScalarSpace) : Hdf5Library.H5Screate_simple(lengths.Length, l, null));
        }
    }

    private static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    private Hdf5Id Parent(string path) => OpenGroup(path[..path.LastIndexOf('/')]);

    private Hdf5Id OpenGroup(string path)
    {
        if (path.Length == 0)
        {
            return _file;
        }

        if (!_groups.TryGetValue(path, out Hdf5Id? group))
        {
            group = Hdf5Library.Check(
                Hdf5Library.H5Gcreate2(Parent(path), Name(path), Hdf5Id.Default, Hdf5Id.Default, Hdf5Id.Default));
            _groups[path] = group;
        }

        return group;
    }

    private sealed record WrittenValue(Hdf5Id Type, Hdf5Id Space, byte[] Bytes) : IDisposable
    {
        public void Dispose()
        {
            Type.Dispose();
            Space.Dispose();
        }
    }
}
