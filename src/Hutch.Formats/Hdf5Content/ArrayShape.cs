using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

/// <summary>The lengths of what a data set or an attribute holds.</summary>
internal static unsafe class ArrayShape
{
    private const int MaxRank = 32;

    /// <summary>The lengths, slowest first: none for a single value, null for nothing at all.</summary>
    public static long[]? Read(Hdf5Id space)
    {
        if (Hdf5Library.H5Sget_simple_extent_type(space) == Hdf5SpaceClass.Null)
        {
            return null;
        }

        ulong* lengths = stackalloc ulong[MaxRank];
        int rank = Hdf5Library.Check(Hdf5Library.H5Sget_simple_extent_ndims(space));
        Hdf5Library.Check(Hdf5Library.H5Sget_simple_extent_dims(space, lengths, null));
        return [.. new Span<ulong>(lengths, rank).ToArray().Select(static length => checked((long)length))];
    }

    public static long[] OfChunk(Hdf5Id list)
    {
        ulong* lengths = stackalloc ulong[MaxRank];
        int rank = Hdf5Library.Check(Hdf5Library.H5Pget_chunk(list, MaxRank, lengths));
        return [.. new Span<ulong>(lengths, rank).ToArray().Select(static length => (long)length)];
    }

    public static void Write(Utf8JsonWriter json, string property, IReadOnlyList<long>? shape)
    {
        if (shape is null)
        {
            json.WriteNull(property);
            return;
        }

        json.WriteStartArray(property);
        foreach (long length in shape)
        {
            json.WriteNumberValue(length);
        }

        json.WriteEndArray();
    }
}
