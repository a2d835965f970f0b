using Hutch.Formats.Arrays;
using Hutch.Formats.Hdf5;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

internal sealed unsafe class StoredArray : IDisposable
{
    private readonly string _path;
    private readonly bool _isVirtual;
    private readonly bool _isExternal;
    private readonly bool _hasPlainEdges;
    private readonly Hdf5Id _dataset;
    private readonly Hdf5Id _space;
    private readonly Hdf5Id _fileType;

    /// <summary>Opens it. The data set stays the caller's to close.</summary>
    public StoredArray(ContentObject item)
    {
        _path = item.Path;
        _dataset = item.Must();
        if (item.Kind != Hdf5ObjectKind.Dataset)
        {
            throw ErrorCode.Unprocessable.With($"{Display.Quote(item.Path)} is no data set: it has no values.").ToException();
        }

        using Hdf5Id list = Hdf5Library.Check(Hdf5Library.H5Dget_create_plist(_dataset));
        Hdf5Layout layout = Hdf5Library.H5Pget_layout(list);
        _isVirtual = layout == Hdf5Layout.Virtual;
        _isExternal = layout == Hdf5Layout.Contiguous && Hdf5Library.H5Pget_external_count(list) != 0;
        Chunk = layout == Hdf5Layout.Chunked ? ArrayShape.OfChunk(list) : null;
        Filters = Hdf5Filter.Read(list);
        _hasPlainEdges = Chunk is not null && Hdf5Filter.LeavesEdgesPlain(list);
        _space = Hdf5Library.Check(Hdf5Library.H5Dget_space(_dataset));
        _fileType = Hdf5Library.Check(Hdf5Library.H5Dget_type(_dataset));
        Shape = ArrayShape.Read(_space);
        Type = TypeTree.Read(_fileType);
    }

    /// <summary>The lengths; null for nothing at all.</summary>
    public long[]? Shape { get; }

    /// <summary>The lengths of the chunks in which it is stored; null for one that has none.</summary>
    public long[]? Chunk { get; }

    public IReadOnlyList<Hdf5Filter> Filters { get; }

    public TypeTree Type { get; }

    /// <summary>The type in memory.</summary>
    public Hdf5Id NativeType() => Hdf5Number.InMemory(_fileType);

    /// <summary>The type in which numbers are given: that of the file if it is plain, or one that browsers have.</summary>
    public Hdf5Id NumberType(bool isSafe)
    {
        if (!isSafe || Type.Class == Hdf5TypeClass.Opaque)
        {
            return Type.HasPlainNumbers ? Hdf5Library.Check(Hdf5Library.H5Tcopy(_fileType)) : NativeType();
        }

        Hdf5Id native = NativeType();
        if (Type.Class != Hdf5TypeClass.Float || Hdf5Library.H5Tget_size(native) <= sizeof(double))
        {
            return native;
        }

        native.Dispose();
        return Hdf5Library.Check(Hdf5Library.H5Tcopy(Hdf5Library.Constant("H5T_NATIVE_DOUBLE_g")));
    }

    /// <param name="into">The lengths of a larger array that begins with the part, in the destination; null for those of the part.</param>
    public void Read(ArraySelection part, Hdf5Id type, Span<byte> values, ulong[]? into = null)
    {
        if (values.IsEmpty)
        {
            return;
        }

        fixed (byte* buffer = values)
        {
            Read(part, type, buffer, into);
        }
    }

    /// <summary>A chunk as it is stored. It must be.</summary>
    /// <param name="start">Its first index along each axis.</param>
    public byte[] ReadStored(ulong[] start, int maxBytes)
    {
        fixed (ulong* offset = start)
        {
            uint mask = 0;
            ulong bytes = StoredBytes(offset, &mask) ?? 0;
            if (bytes > (ulong)maxBytes)
            {
                throw ErrorCode.TooLarge.With($"A chunk has {bytes} bytes; the limit is {maxBytes}.").ToException();
            }

            byte[] chunk = new byte[bytes];
            fixed (byte* target = chunk)
            {
                Hdf5Library.Check(Hdf5Library.H5Dread_chunk(_dataset, Hdf5Id.Default, offset, &mask, target));
            }

            return chunk;
        }
    }

    /// <summary>
    /// Finds out if a chunk was written, and with all filters: writers may leave out filters that gain nothing, or all of them for chunks
    /// that reach across the edge. The mask of those says nothing.
    /// </summary>
    public (bool IsStored, bool IsFiltered) Find(ulong[] start)
    {
        fixed (ulong* offset = start)
        {
            uint mask = 0;
            bool isStored = StoredBytes(offset, &mask) is not null;
            return (isStored, mask == 0 && !(_hasPlainEdges && ReachesAcross(start)));
        }
    }

    public byte[]? Fill(Hdf5Id type)
    {
        using Hdf5Id list = Hdf5Library.Check(Hdf5Library.H5Dget_create_plist(_dataset));
        byte[] value = new byte[Hdf5Library.H5Tget_size(type)];
        fixed (byte* target = value)
        {
            return Hdf5Library.H5Pget_fill_value(list, type, target) < 0 ? null : value;
        }
    }

    /// <summary>Reads a part, hands the values over, and frees what the library allocated for them.</summary>
    public void Use(ArraySelection part, Hdf5Id type, int bytes, Action<nint> use)
    {
        byte[] values = new byte[bytes];
        fixed (byte* buffer = values)
        {
            using Hdf5Id memory = MemorySpace(part.Count);
            try
            {
                Read(part, type, buffer, null);
                use((nint)buffer);
            }
            finally
            {
                // The buffer began as zeros, so values that were not read need no freeing.
                _ = Hdf5Library.H5Dvlen_reclaim(type, memory, Hdf5Id.Default, buffer);
            }
        }
    }

    public void Dispose()
    {
        _fileType.Dispose();
        _space.Dispose();
    }

    private void Read(ArraySelection part, Hdf5Id type, byte* buffer, ulong[]? into)
    {
        RefuseForeign();
        if (part.Start.Length == 0)
        {
            Hdf5Library.Check(Read(type, Hdf5Id.Default, Hdf5Id.Default, buffer), nameof(Hdf5Library.H5Dread));
            return;
        }

        using Hdf5Id memory = MemorySpace(into ?? part.Count);
        if (into is not null)
        {
            Select(memory, new ulong[into.Length], null, part.Count);
        }

        Select(_space, part.Start, part.Step, part.Count);
        Hdf5Library.Check(Read(type, memory, _space, buffer), nameof(Hdf5Library.H5Dread));
    }

    private int Read(Hdf5Id type, Hdf5Id memory, Hdf5Id space, byte* buffer)
    {
        int Numbers() => Hdf5Library.H5Dread(_dataset, type, memory, space, Hdf5Id.Default, buffer);
        return _isVirtual ? StoreDriver.WithoutFiles(Numbers) : Numbers();
    }

    private ulong? StoredBytes(ulong* offset, uint* mask)
    {
        ulong address = 0;
        ulong bytes = 0;
        Hdf5Library.Check(Hdf5Library.H5Dget_chunk_info_by_coord(_dataset, offset, mask, &address, &bytes));
        return address == ulong.MaxValue || bytes == 0 ? null : bytes;
    }

    private bool ReachesAcross(ulong[] start) =>
        start.Where((first, axis) => first + (ulong)Chunk![axis] > (ulong)Shape![axis]).Any();

    private static void Select(Hdf5Id space, ulong[] from, ulong[]? step, ulong[] count)
    {
        const int Set = 0;
        fixed (ulong* start = from, stride = step, counts = count)
        {
            Hdf5Library.Check(Hdf5Library.H5Sselect_hyperslab(space, Set, start, stride, counts, null));
        }
    }

    private static Hdf5Id MemorySpace(ulong[] lengths)
    {
        fixed (ulong* count = lengths)
        {
            return lengths.Length == 0
                ? Hdf5Library.Check(Hdf5Library.H5Screate(0))
                : Hdf5Library.Check(Hdf5Library.H5Screate_simple(lengths.Length, count, null));
        }
    }

    private void RefuseForeign()
    {
        if (_isExternal)
        {
            throw ErrorCode.Unprocessable.With(
                $"The values of {Display.Quote(_path)} are in external raw files, which are not read. Use a virtual data set instead.")
                .ToException();
        }

        if (Filters.FirstOrDefault(static filter => !filter.IsKnown) is { } unknown)
        {
            throw ErrorCode.Unprocessable.With(
                $"The values of {Display.Quote(_path)} are packed by {unknown.Name}, which Hutch cannot unpack. "
                + "Download the file and open it with h5py and hdf5plugin.").ToException();
        }
    }
}
