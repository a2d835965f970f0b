using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5;

/// <summary>Reads small values, numbers or text, of data sets and attributes as JSON.</summary>
internal static unsafe class Hdf5Values
{
    private const int MaxTextBytes = 1 << 20;

    /// <summary>
    /// Reads a data set; null when it is of a kind that JSON cannot hold, or has more than <paramref name="limit"/> values.
    /// </summary>
    public static JsonNode? ReadDataset(Hdf5Object item, int limit)
    {
        Hdf5Dataset dataset = Hdf5Dataset.Describe(item);

        // Virtual and external storage would read other files; foreign filters would need plug-ins. Neither is worth it for a small value.
        if (dataset.Layout == Hdf5Layout.Virtual || dataset.HasExternalStorage || dataset.Filters.Any(static f => f.Id > 6)
            || dataset.Count > (ulong)limit)
        {
            return null;
        }

        using Hdf5Id type = Hdf5Library.Check(Hdf5Library.H5Dget_type(item.Id));
        Hdf5Id any = Hdf5Id.Default;
        return Read(
            type,
            dataset.Shape,
            (memoryType, buffer) => Hdf5Library.Check(Hdf5Library.H5Dread(item.Id, memoryType, any, any, any, (void*)buffer), "H5Dread"));
    }

    /// <summary>Reads the numbers of a virtual data set; null for others.</summary>
    /// <exception cref="HutchException">They cannot be put together.</exception>
    public static JsonNode? ReadVirtual(Hdf5Object item, ulong[] shape, VirtualArray parts)
    {
        using Hdf5Id type = Hdf5Library.Check(Hdf5Library.H5Dget_type(item.Id));
        return Hdf5Dataset.NumberTypeOf(type) is null ? null : Read(
            type,
            shape,
            (memoryType, buffer) =>
            {
                byte[] numbers = parts.Read(item, memoryType);
                numbers.CopyTo(new Span<byte>((void*)buffer, numbers.Length));
            });
    }

    public static JsonNode? ReadAttribute(Hdf5Id attribute, int limit)
    {
        using Hdf5Id space = Hdf5Library.Check(Hdf5Library.H5Aget_space(attribute));
        using Hdf5Id type = Hdf5Library.Check(Hdf5Library.H5Aget_type(attribute));
        ulong[] shape = Hdf5Dataset.ShapeOf(space);
        ulong count = shape.Aggregate(1UL, static (product, length) => checked(product * length));
        return count > (ulong)limit
            ? null
            : Read(
                type,
                shape,
                (memoryType, buffer) => Hdf5Library.Check(Hdf5Library.H5Aread(attribute, memoryType, (void*)buffer), "H5Aread"));
    }

    private static JsonNode? Read(Hdf5Id type, ulong[] shape, Action<Hdf5Id, nint> read)
    {
        int count = (int)shape.Aggregate(1UL, static (product, length) => product * length);
        int size = (int)Hdf5Library.H5Tget_size(type);
        switch (Hdf5Library.H5Tget_class(type))
        {
            case Hdf5TypeClass.Float:
                double[] reals = ReadAs<double>("H5T_NATIVE_DOUBLE_g", count, read);
                return Shape(shape, i => Number(reals[i], size));
            case Hdf5TypeClass.Integer when size == 8 && Hdf5Library.H5Tget_sign(type) == 0:
                ulong[] large = ReadAs<ulong>("H5T_NATIVE_UINT64_g", count, read);
                return Shape(shape, i => JsonValue.Create(large[i]));
            case Hdf5TypeClass.Integer:
                long[] integers = ReadAs<long>("H5T_NATIVE_INT64_g", count, read);
                return Shape(shape, i => JsonValue.Create(integers[i]));
            case Hdf5TypeClass.Enum when size <= 8:
                // Booleans are enumerations of one byte. Read as they are: there is no conversion to numbers.
                byte[] raw = new byte[count * size];
                fixed (byte* buffer = raw)
                {
                    read(type, (nint)buffer);
                }

                return Shape(shape, i => JsonValue.Create(LittleEndian(raw.AsSpan(i * size, size))));
            case Hdf5TypeClass.String:
                string[] texts = Hdf5Library.H5Tis_variable_str(type) > 0
                    ? ReadVariableTexts(type, count, read)
                    : ReadFixedTexts(type, count, size, read);
                return Shape(shape, i => JsonValue.Create(texts[i]));
            default:
                return null;
        }
    }

    private static T[] ReadAs<T>(string memoryType, int count, Action<Hdf5Id, nint> read)
        where T : unmanaged
    {
        var values = new T[count];
        fixed (T* buffer = values)
        {
            read(Hdf5Library.Constant(memoryType), (nint)buffer);
        }

        return values;
    }

    private static string[] ReadFixedTexts(Hdf5Id type, int count, int size, Action<Hdf5Id, nint> read)
    {
        if ((long)count * size > MaxTextBytes)
        {
            throw new Hdf5Exception("read", "the text is too long");
        }

        byte[] raw = new byte[count * size];
        fixed (byte* buffer = raw)
        {
            read(type, (nint)buffer);
        }

        string[] texts = new string[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> bytes = raw.AsSpan(i * size, size);
            int end = bytes.IndexOf((byte)0);
            texts[i] = ForeignText.Decode(end < 0 ? bytes : bytes[..end]).TrimEnd(' ');
        }

        return texts;
    }

    private static string[] ReadVariableTexts(Hdf5Id type, int count, Action<Hdf5Id, nint> read)
    {
        nint[] pointers = new nint[count];
        fixed (nint* buffer = pointers)
        {
            read(type, (nint)buffer);
        }

        string[] texts = new string[count];
        for (int i = 0; i < count; i++)
        {
            texts[i] = ForeignText.Decode(MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)pointers[i]));
            _ = Hdf5Library.H5free_memory((void*)pointers[i]);
        }

        return texts;
    }

    private static long LittleEndian(ReadOnlySpan<byte> bytes)
    {
        long value = 0;
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[i];
        }

        return value;
    }

    // 0.9763 stored in 32 bits must be 0.9763 in the header and not 0.97630000114; JSON has no infinities.
    private static JsonValue? Number(double value, int size) =>
        !double.IsFinite(value) ? null
        : size <= 4 ? JsonValue.Create(ShortestOf((float)value))
        : JsonValue.Create(value);

    private static double ShortestOf(float value) =>
        double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static JsonNode? Shape(ulong[] shape, Func<int, JsonNode?> value)
    {
        int at = 0;
        return Nest(0);

        JsonNode? Nest(int dimension)
        {
            if (dimension == shape.Length)
            {
                return value(at++);
            }

            var list = new JsonArray();
            for (ulong i = 0; i < shape[dimension]; i++)
            {
                list.Add(Nest(dimension + 1));
            }

            return list;
        }
    }
}
