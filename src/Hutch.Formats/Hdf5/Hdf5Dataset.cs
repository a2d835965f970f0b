using Hutch.Formats.Frames;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5;

/// <summary>The properties of a data set: type, size, layout and filters.</summary>
internal sealed class Hdf5Dataset
{
    private const int MaxRank = 32;

    // H5T_order_t of H5Tpublic.h.
    private const int LittleEndian = 0;
    public const int BigEndian = 1;

    private Hdf5Dataset(Hdf5Object item, Hdf5Layout layout, bool hasExternalStorage)
    {
        Item = item;
        Layout = layout;
        HasExternalStorage = hasExternalStorage;
    }

    /// <summary>The open data set. Its opener disposes it.</summary>
    public Hdf5Object Item { get; }

    public Hdf5Layout Layout { get; }

    /// <summary>True if its numbers are in another file of any name, which is not even HDF5. Such a file is never read.</summary>
    public bool HasExternalStorage { get; }

    /// <summary>Its lengths, slowest first; not known (empty) for a virtual one.</summary>
    public ulong[] Shape { get; private init; } = [];

    /// <summary>The lengths of a chunk; empty when it is not chunked.</summary>
    public ulong[] Chunk { get; private init; } = [];

    public IReadOnlyList<Hdf5Filter> Filters { get; private init; } = [];

    /// <summary>True if chunks that reach across the edge are stored without the filters.</summary>
    public bool HasPlainEdges { get; private init; }

    /// <summary>The type of its numbers; null when they are no plain little-endian numbers.</summary>
    public ElementType? Type { get; private init; }

    /// <summary>The type of its numbers in either byte order, and of the numbers behind an enumeration such as a boolean.</summary>
    public ElementType? NumberType { get; private init; }

    public bool IsBigEndian { get; private init; }

    public ulong Count => Shape.Aggregate(1UL, static (product, length) => checked(product * length));

    public static unsafe Hdf5Dataset Describe(Hdf5Object item)
    {
        using Hdf5Id list = Hdf5Library.Check(Hdf5Library.H5Dget_create_plist(item.Id));
        Hdf5Layout layout = Hdf5Library.H5Pget_layout(list);

        // The size of a virtual data set is not asked here: with unlimited mappings the library would open the sources to find out.
        bool isVirtual = layout == Hdf5Layout.Virtual;
        using Hdf5Id type = Hdf5Library.Check(Hdf5Library.H5Dget_type(item.Id));
        return new Hdf5Dataset(item, layout, layout == Hdf5Layout.Contiguous && Hdf5Library.H5Pget_external_count(list) != 0)
        {
            Shape = isVirtual ? [] : ReadShape(item),
            Chunk = layout == Hdf5Layout.Chunked ? ReadChunk(list) : [],
            Filters = isVirtual ? [] : Hdf5Filter.Read(list),
            HasPlainEdges = layout == Hdf5Layout.Chunked && Hdf5Filter.LeavesEdgesPlain(list),
            Type = TypeOf(type),
            NumberType = NumberTypeOf(type),
            IsBigEndian = Hdf5Library.H5Tget_order(type) == BigEndian,
        };
    }

    public static unsafe ulong[] ReadShape(Hdf5Object item)
    {
        using Hdf5Id space = Hdf5Library.Check(Hdf5Library.H5Dget_space(item.Id));
        return ShapeOf(space);
    }

    public static unsafe ulong[] ShapeOf(Hdf5Id space)
    {
        ulong* lengths = stackalloc ulong[MaxRank];
        int rank = Hdf5Library.Check(Hdf5Library.H5Sget_simple_extent_ndims(space));
        Hdf5Library.Check(Hdf5Library.H5Sget_simple_extent_dims(space, lengths, null));
        return new Span<ulong>(lengths, rank).ToArray();
    }

    /// <summary>Our name for a number type of the file; null for text, structures, big-endian numbers and so on.</summary>
    public static ElementType? TypeOf(Hdf5Id type)
    {
        Hdf5TypeClass kind = Hdf5Library.H5Tget_class(type);
        return kind is Hdf5TypeClass.Integer or Hdf5TypeClass.Float
            && (Hdf5Library.H5Tget_size(type) == 1 || Hdf5Library.H5Tget_order(type) == LittleEndian)
                ? NumberTypeOf(type)
                : null;
    }

    /// <summary>Our name for a number type of the file in either byte order, and for the numbers behind an enumeration.</summary>
    public static ElementType? NumberTypeOf(Hdf5Id type)
    {
        Hdf5TypeClass kind = Hdf5Library.H5Tget_class(type);
        if (kind == Hdf5TypeClass.Enum)
        {
            using Hdf5Id numbers = Hdf5Library.Check(Hdf5Library.H5Tget_super(type));
            return NumberTypeOf(numbers);
        }

        if (kind is not (Hdf5TypeClass.Float or Hdf5TypeClass.Integer) || !Hdf5Number.IsPlain(type))
        {
            return null;
        }

        int size = (int)Hdf5Library.H5Tget_size(type);
        bool signed = kind == Hdf5TypeClass.Integer && Hdf5Library.H5Tget_sign(type) != 0;
        return (kind, size) switch
        {
            (Hdf5TypeClass.Float, 4) => ElementType.Float32,
            (Hdf5TypeClass.Float, 8) => ElementType.Float64,
            (Hdf5TypeClass.Integer, 1) => signed ? ElementType.Int8 : ElementType.UInt8,
            (Hdf5TypeClass.Integer, 2) => signed ? ElementType.Int16 : ElementType.UInt16,
            (Hdf5TypeClass.Integer, 4) => signed ? ElementType.Int32 : ElementType.UInt32,
            (Hdf5TypeClass.Integer, 8) => signed ? ElementType.Int64 : ElementType.UInt64,
            _ => null,
        };
    }

    /// <summary>Refuses numbers that are stored in a foreign file.</summary>
    public void RefuseExternalStorage()
    {
        if (HasExternalStorage)
        {
            throw Unreadable.File(
                $"{Item.Name} stores its values in external raw files, which are not supported.", Item.FilePath);
        }
    }

    private static unsafe ulong[] ReadChunk(Hdf5Id list)
    {
        ulong* lengths = stackalloc ulong[MaxRank];
        int rank = Hdf5Library.Check(Hdf5Library.H5Pget_chunk(list, MaxRank, lengths));
        return new Span<ulong>(lengths, rank).ToArray();
    }
}
