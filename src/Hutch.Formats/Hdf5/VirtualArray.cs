using Hutch.Formats.Frames;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5;

/// <summary>
/// Puts a virtual array together from its sources as the library would, which however opens files of any name. Values that no source has
/// are the fill value of the array.
/// </summary>
internal sealed unsafe class VirtualArray(Hdf5Files files)
{
    private const int MaxDepth = 4;

    // Parts may overlap, and a source may be larger than its part. A small file must not make Hutch read for hours.
    private const long MostTimesOver = 16;
    private const long FewValues = 1 << 20;

    private readonly SortedSet<string> _missing = new(StringComparer.Ordinal);
    private (string File, string Path, byte[] Numbers)? _last;
    private long _left;

    /// <summary>The files and data sets that are not there.</summary>
    public IReadOnlyCollection<string> Missing => _missing;

    /// <summary>True if a source is there.</summary>
    public bool IsAnyThere { get; private set; }

    /// <summary>Returns the lengths of an array, slowest first, after a look at all its parts.</summary>
    /// <exception cref="HutchException">It cannot be put together, or a file of it may not be read.</exception>
    public ulong[] Check(Hdf5Object item)
    {
        using Hdf5Id type = Hdf5Library.Check(Hdf5Library.H5Dget_type(item.Id));
        (ulong[] shape, List<VirtualMapping> parts) = Open(item, 0);
        Fill(item, shape, parts, type, [], 0);
        return shape;
    }

    /// <param name="type">The type of the values in memory.</param>
    public byte[] Read(Hdf5Object item, Hdf5Id type) => Read(item, type, 0);

    private byte[] Read(Hdf5Object item, Hdf5Id type, int depth)
    {
        (ulong[] shape, List<VirtualMapping> parts) = Open(item, depth);
        int size = (Hdf5Dataset.NumberTypeOf(type) ?? throw VirtualMapping.Unsupported(item, "no numbers")).Size();
        byte[] numbers = new byte[checked((int)CountOf(shape) * size)];
        Span<byte> fill = stackalloc byte[sizeof(ulong)];
        using Hdf5Id list = Hdf5Library.Check(Hdf5Library.H5Dget_create_plist(item.Id));
        fixed (byte* value = fill)
        {
            if (Hdf5Library.H5Pget_fill_value(list, type, value) >= 0 && fill.ContainsAnyExcept((byte)0))
            {
                for (int at = 0; at < numbers.Length; at += size)
                {
                    fill[..size].CopyTo(numbers.AsSpan(at));
                }
            }
        }

        Fill(item, shape, parts, type, numbers, depth);
        return numbers;
    }

    /// <summary>Reads the parts first: if one of them has no end, the library would open the sources to find out the shape.</summary>
    private (ulong[] Shape, List<VirtualMapping> Parts) Open(Hdf5Object item, int depth)
    {
        if (depth == MaxDepth)
        {
            throw VirtualMapping.Unsupported(item, $"virtual themselves, more than {MaxDepth} deep");
        }

        List<VirtualMapping> parts = VirtualMapping.ReadAll(item);
        ulong[] shape = Hdf5Dataset.ReadShape(item);
        _left = depth == 0 ? (MostTimesOver * CountOf(shape)) + FewValues : _left;
        return (shape, parts);
    }

    private static long CountOf(ulong[] shape) =>
        checked((long)shape.Aggregate(1UL, static (product, length) => checked(product * length)));

    /// <param name="numbers">The values; empty to check the parts alone.</param>
    private void Fill(Hdf5Object item, ulong[] shape, List<VirtualMapping> parts, Hdf5Id type, byte[] numbers, int depth)
    {
        foreach (VirtualMapping part in parts)
        {
            try
            {
                using Hdf5Object? source = files.OpenReferred(item.FilePath, part.FileName, part.Path);
                if (source is null)
                {
                    _missing.Add($"{part.Path} of {Path.GetFileName(part.FileName == "." ? item.FilePath : part.FileName)}");
                    continue;
                }

                Fill(item, shape, part, source, type, numbers, depth);
                IsAnyThere = true;
            }
            catch (MissingFileException e)
            {
                _missing.Add(Path.GetFileName(e.MissingPath));
            }
        }
    }

    private void Fill(
        Hdf5Object item, ulong[] shape, VirtualMapping part, Hdf5Object source, Hdf5Id type, byte[] numbers, int depth)
    {
        Hdf5Dataset dataset = Hdf5Dataset.Describe(source);
        bool isVirtual = dataset.Layout == Hdf5Layout.Virtual;
        ulong[] sourceShape = isVirtual ? Open(source, depth + 1).Shape : dataset.Shape;
        if (part.Target.Values(shape) is not var (count, places) || part.Source.Values(sourceShape) is not var (given, sources)
            || count != given)
        {
            throw VirtualMapping.Unsupported(item, "larger or smaller than their places");
        }

        // Each part costs, even an empty one.
        _left -= 1 + count;
        if (_left < 0)
        {
            throw VirtualMapping.Unsupported(item, $"more than {MostTimesOver} times its values");
        }

        if (numbers.Length == 0)
        {
            CheckSource(item, dataset, type, depth);
            return;
        }

        int size = (int)Hdf5Library.H5Tget_size(type);
        byte[] values = ValuesOf(item, dataset, type, depth);
        foreach ((long to, long at) in places.Zip(sources))
        {
            values.AsSpan((int)at * size, size).CopyTo(numbers.AsSpan((int)to * size));
        }
    }

    private void CheckSource(Hdf5Object item, Hdf5Dataset dataset, Hdf5Id type, int depth)
    {
        dataset.RefuseExternalStorage();
        using Hdf5Id its = Hdf5Library.Check(Hdf5Library.H5Dget_type(dataset.Item.Id));
        (Hdf5TypeClass mine, Hdf5TypeClass other) = (Hdf5Library.H5Tget_class(type), Hdf5Library.H5Tget_class(its));
        if (mine == Hdf5TypeClass.Enum != (other == Hdf5TypeClass.Enum) || Hdf5Dataset.NumberTypeOf(its) is null)
        {
            throw VirtualMapping.Unsupported(item, "of another type");
        }

        if (dataset.Layout == Hdf5Layout.Virtual)
        {
            (ulong[] shape, List<VirtualMapping> parts) = Open(dataset.Item, depth + 1);
            Fill(dataset.Item, shape, parts, type, [], depth + 1);
        }
        else if (!ArrayReader.IsReadByLibrary(dataset))
        {
            RequirePacked(item, dataset, type);
        }
    }

    private byte[] ValuesOf(Hdf5Object item, Hdf5Dataset dataset, Hdf5Id type, int depth)
    {
        Hdf5Object source = dataset.Item;
        if (_last is { } last && (last.File, last.Path) == (source.FilePath, source.Path))
        {
            return last.Numbers;
        }

        dataset.RefuseExternalStorage();
        bool isVirtual = dataset.Layout == Hdf5Layout.Virtual;
        ulong count = isVirtual ? 0 : dataset.Count;
        _left -= (long)Math.Min(count, long.MaxValue / 2);
        if (_left < 0)
        {
            throw VirtualMapping.Unsupported(item, $"more than {MostTimesOver} times its values");
        }

        byte[] numbers;
        if (isVirtual)
        {
            numbers = Read(source, type, depth + 1);
        }
        else if (ArrayReader.IsReadByLibrary(dataset))
        {
            numbers = new byte[checked((int)count * (int)Hdf5Library.H5Tget_size(type))];
            ArrayReader.Read(source, type, numbers);
        }
        else
        {
            RequirePacked(item, dataset, type);
            numbers = ArrayReader.Unpack(dataset);
        }

        _last = (source.FilePath, source.Path, numbers);
        return numbers;
    }

    /// <summary>Refuses an array in a coding that the library does not have, unless its numbers are read as they are.</summary>
    private static void RequirePacked(Hdf5Object item, Hdf5Dataset dataset, Hdf5Id type)
    {
        bool isBigEndian = Hdf5Library.H5Tget_order(type) == Hdf5Dataset.BigEndian;
        if (dataset.NumberType is null || dataset.NumberType != Hdf5Dataset.NumberTypeOf(type) || dataset.IsBigEndian != isBigEndian
            || !ArrayReader.HasRowsAndColumns(dataset.Shape))
        {
            throw VirtualMapping.Unsupported(item, $"packed by {Hdf5Filter.Describe(dataset.Filters)} and of another type");
        }

        ArrayReader.RequireCodec(dataset);
    }
}
