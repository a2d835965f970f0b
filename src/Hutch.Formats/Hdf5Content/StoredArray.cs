using Hutch.Formats.Hdf5;
using Hutch.Formats.Native;
using Hutch.Model;

namespace Hutch.Formats.Hdf5Content;

/// <summary>A data set whose values are read.</summary>
internal sealed unsafe class StoredArray : IDisposable
{
    private readonly bool _isVirtual;
    private readonly Hdf5Id _dataset;
    private readonly Hdf5Id _space;
    private readonly Hdf5Id _fileType;

    /// <summary>Opens it. The data set stays the caller's to close.</summary>
    public StoredArray(ContentObject item)
    {
        _dataset = item.Must();
        if (item.Kind != Hdf5ObjectKind.Dataset)
        {
            throw ErrorCode.Unprocessable.With($"{Display.Quote(item.Path)} is no data set: it has no values.").ToException();
        }

        using Hdf5Id list = Hdf5Library.Check(Hdf5Library.H5Dget_create_plist(_dataset));
        _isVirtual = Hdf5Library.H5Pget_layout(list) == Hdf5Layout.Virtual;
        RefuseForeign(item, list);
        _space = Hdf5Library.Check(Hdf5Library.H5Dget_space(_dataset));
        _fileType = Hdf5Library.Check(Hdf5Library.H5Dget_type(_dataset));
        Shape = ArrayShape.Of(_space);
        Type = TypeTree.Read(_fileType);
    }

    /// <summary>The lengths; null for nothing at all.</summary>
    public long[]? Shape { get; }

    /// <summary>The type in the file.</summary>
    public TypeTree Type { get; }

    /// <summary>The type of this machine for the values.</summary>
    public Hdf5Id NativeType() => Hdf5Library.Check(Hdf5Library.H5Tget_native_type(_fileType, 0));

    /// <summary>The type in which numbers are given: that of the file, or one that browsers have.</summary>
    public Hdf5Id NumberType(bool isSafe)
    {
        if (!isSafe || Type.Class == Hdf5TypeClass.Opaque)
        {
            return Hdf5Library.Check(Hdf5Library.H5Tcopy(_fileType));
        }

        return Type is { Class: Hdf5TypeClass.Float, Size: > sizeof(double) }
            ? Hdf5Library.Check(Hdf5Library.H5Tcopy(Hdf5Library.Constant("H5T_NATIVE_DOUBLE_g")))
            : NativeType();
    }

    /// <summary>Reads a part into memory of so many bytes.</summary>
    public void Read(ArraySelection part, Hdf5Id type, Span<byte> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        fixed (byte* buffer = values)
        {
            Read(part, type, buffer);
        }
    }

    /// <summary>Reads a part, hands the values over, and frees what the library allocated for them.</summary>
    public void Use(ArraySelection part, Hdf5Id type, int bytes, Action<nint> use)
    {
        byte[] values = new byte[bytes];
        fixed (byte* buffer = values)
        {
            using Hdf5Id memory = MemorySpace(part);
            try
            {
                Read(part, type, buffer);
                use((nint)buffer);
            }
            finally
            {
                // It was zeros before: what was not read is nothing to free.
                _ = Hdf5Library.H5Dvlen_reclaim(type, memory, Hdf5Id.Default, buffer);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _fileType.Dispose();
        _space.Dispose();
    }

    private void Read(ArraySelection part, Hdf5Id type, byte* buffer)
    {
        if (part.Start.Length == 0)
        {
            Hdf5Library.Check(Read(type, Hdf5Id.Default, Hdf5Id.Default, buffer), nameof(Hdf5Library.H5Dread));
            return;
        }

        using Hdf5Id memory = MemorySpace(part);
        fixed (ulong* start = part.Start, step = part.Step, count = part.Count)
        {
            const int Set = 0;
            Hdf5Library.Check(Hdf5Library.H5Sselect_hyperslab(_space, Set, start, step, count, null));
        }

        Hdf5Library.Check(Read(type, memory, _space, buffer), nameof(Hdf5Library.H5Dread));
    }

    private int Read(Hdf5Id type, Hdf5Id memory, Hdf5Id space, byte* buffer)
    {
        int Numbers() => Hdf5Library.H5Dread(_dataset, type, memory, space, Hdf5Id.Default, buffer);
        return _isVirtual ? StoreDriver.WithoutFiles(Numbers) : Numbers();
    }

    private static Hdf5Id MemorySpace(ArraySelection part)
    {
        fixed (ulong* count = part.Count)
        {
            return part.Count.Length == 0
                ? Hdf5Library.Check(Hdf5Library.H5Screate(0))
                : Hdf5Library.Check(Hdf5Library.H5Screate_simple(part.Count.Length, count, null));
        }
    }

    private static void RefuseForeign(ContentObject item, Hdf5Id list)
    {
        if (Hdf5Library.H5Pget_layout(list) == Hdf5Layout.Contiguous && Hdf5Library.H5Pget_external_count(list) != 0)
        {
            throw ErrorCode.Unprocessable.With(
                $"The values of {Display.Quote(item.Path)} are in external raw files, which are not read. Use a virtual data set instead.")
                .ToException();
        }

        List<Hdf5Filter> pipeline = Hdf5Filter.Read(list);
        if (pipeline.Find(static filter => Hdf5Library.H5Zfilter_avail(filter.Id) <= 0) is { } unknown)
        {
            throw ErrorCode.Unprocessable.With(
                $"The values of {Display.Quote(item.Path)} are packed by {unknown.Name}, which Hutch cannot unpack. "
                + "Download the file and open it with h5py and hdf5plugin.").ToException();
        }
    }
}
