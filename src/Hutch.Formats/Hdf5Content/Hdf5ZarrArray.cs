using Hutch.Formats.Arrays;
using Hutch.Formats.Native;
using Hutch.Formats.Zarr;

namespace Hutch.Formats.Hdf5Content;

/// <summary>
/// A data set of an HDF5 file, as Zarr has it. A chunk of the file is a chunk of Zarr, given as it is stored where Zarr has the same codec.
/// </summary>
internal sealed unsafe class Hdf5ZarrArray : IZarrArray, IDisposable
{
    /// <summary>Stored chunks that are larger are cut anew.</summary>
    private const long LargestChunkBytes = 256 << 20;

    private readonly ContentObject _item;
    private readonly ContentRequest _request;
    private readonly StoredArray _array;
    private readonly TypeTree _number;
    private readonly bool _hasOwnChunks;
    private readonly bool _isAsStored;

    private Hdf5ZarrArray(ContentObject item, ContentRequest request, StoredArray array, TypeTree number)
    {
        (_item, _request, _array, _number) = (item, request, array, number);
        long itemBytes = number.Size;
        _hasOwnChunks = array.Chunk is { } chunk
            && chunk.Aggregate((double)itemBytes, static (bytes, length) => bytes * length) <= LargestChunkBytes;
        JsonValue? fill = Fill();
        (IReadOnlyList<JsonObject> Filters, JsonObject? Compressor)? codec =
            _hasOwnChunks && fill is not null && array.Type.HasPlainNumbers ? ZarrCodecs.Translate(array.Filters) : null;
        _isAsStored = codec is not null;
        Layout = new ZarrLayout
        {
            Shape = array.Shape!,
            Chunks = _hasOwnChunks ? array.Chunk! : ChunkShape.For(array.Shape!, itemBytes),
            DataType = number.Numpy,
            Filters = codec?.Filters ?? [],
            Compressor = codec?.Compressor,
            FillValue = fill,
        };
    }

    public ZarrLayout Layout { get; }

    /// <summary>The value that netCDF and its users mark what is missing with.</summary>
    public double? NoData
    {
        get
        {
            JsonNode? said = JsonNode.Parse(JsonBytes.Write(WriteAttributes).Span)?["_FillValue"];
            double? number = NxMx.NexusTree.Real(said is JsonArray { Count: 1 } list ? list[0] : said);

            // JSON has the fewest digits that the narrower type needs.
            return _number is { Class: Hdf5TypeClass.Float, Size: sizeof(float) } ? (float?)number : number;
        }
    }

    /// <summary>Takes over a data set; null, and nothing taken, for one whose values Zarr has no type for.</summary>
    public static Hdf5ZarrArray? TryOpen(ContentObject item, ContentRequest request)
    {
        var array = new StoredArray(item);
        try
        {
            using Hdf5Id type = array.NumberType(isSafe: false);
            var number = TypeTree.Read(type);
            if (array.Shape is null || !HasType(number))
            {
                return null;
            }

            var taken = new Hdf5ZarrArray(item, request, array, number);
            array = null;
            return taken;
        }
        finally
        {
            array?.Dispose();
        }
    }

    public void WriteAttributes(Utf8JsonWriter json) => AttributeDocument.WriteReadable(json, _item, _request);

    public byte[]? Read(IReadOnlyList<long> index, int maxBytes)
    {
        int rank = index.Count;
        ulong[] start = new ulong[rank];
        ulong[] count = new ulong[rank];
        ulong[] chunk = [.. Layout.Chunks.Select(static length => (ulong)length)];
        long bytes = _number.Size;
        for (int axis = 0; axis < rank; axis++)
        {
            start[axis] = (ulong)index[axis] * chunk[axis];
            count[axis] = Math.Min(chunk[axis], (ulong)Layout.Shape[axis] - start[axis]);
            bytes = checked(bytes * (long)chunk[axis]);
        }

        (bool isStored, bool isFiltered) = Layout.FillValue is not null && _hasOwnChunks ? _array.Find(start) : (true, true);
        if (!isStored)
        {
            return null;
        }

        if (_isAsStored && isFiltered)
        {
            return _array.ReadStored(start, maxBytes);
        }

        ChunkShape.RequireAtMost(maxBytes, bytes);

        var part = new ArraySelection(start, [.. chunk.Select(static _ => 1UL)], count, [.. chunk.Select(static _ => true)]);
        byte[] values = Unpack(part, chunk, (int)bytes);
        return _isAsStored ? ZarrCodecs.Pack(_array.Filters, values) : values;
    }

    public byte[] Read(ArraySelection part, int maxBytes) =>
        Unpack(part, part.Count, checked((int)(part.Values * _number.Size)));

    public void Dispose()
    {
        _array.Dispose();
        _item.Dispose();
    }

    private byte[] Unpack(ArraySelection part, ulong[] chunk, int bytes)
    {
        byte[] values = new byte[bytes];
        using Hdf5Id type = _array.NumberType(isSafe: false);
        _array.Read(part, type, values, chunk);
        return values;
    }

    private static bool HasType(TypeTree type) => type.Numpy[1] is not ('O' or 'V') || type.Class == Hdf5TypeClass.Opaque;

    /// <summary>The value of parts that were never written, where JSON has one.</summary>
    private JsonValue? Fill()
    {
        if (!_array.Type.IsNumber)
        {
            return null;
        }

        using Hdf5Id native = _array.NativeType();
        if (_array.Fill(native) is not { } value)
        {
            return null;
        }

        var type = TypeTree.Read(native);
        fixed (byte* at = value)
        {
            return type switch
            {
                { Class: Hdf5TypeClass.Float, Size: sizeof(float) } => Number(*(float*)at),
                { Class: Hdf5TypeClass.Float, Size: sizeof(double) } => Number(*(double*)at),
                { Class: Hdf5TypeClass.Float } => null,
                { IsBoolean: true } => JsonValue.Create(*at != 0),
                _ when (type.Base ?? type) is { IsSigned: false, Size: sizeof(ulong) } => JsonValue.Create(*(ulong*)at),
                _ => JsonValue.Create(TypeTree.NumberAt(at, type.Size, (type.Base ?? type).IsSigned)),
            };
        }
    }

    private static JsonValue Number(double value) => double.IsFinite(value) ? JsonValue.Create(value)
        : JsonValue.Create(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
}
