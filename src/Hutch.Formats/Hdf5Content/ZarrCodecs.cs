using Hutch.Formats.Frames;
using Hutch.Formats.Hdf5;

namespace Hutch.Formats.Hdf5Content;

/// <summary>
/// Filters of HDF5 that numcodecs has too, byte for byte: chunks with these are given as they are stored. See
/// https://numcodecs.readthedocs.io and https://fsspec.github.io/kerchunk.
/// </summary>
internal static class ZarrCodecs
{
    private const int ZstandardFilterId = 32015;
    private const int BloscFilterId = 32001;
    private const int BloscLevel = 4;
    private const int BloscShuffle = 5;
    private const int BloscCodec = 6;

    // No snappy, number 3: the clients have none.
    private static readonly string?[] BloscNames = ["blosclz", "lz4", "lz4hc", null, "zlib", "zstd"];

    /// <summary>Returns Zarr's names of a pipeline; null when its clients have no such codec.</summary>
    public static (IReadOnlyList<JsonObject> Filters, JsonObject? Compressor)? Translate(IReadOnlyList<Hdf5Filter> pipeline)
    {
        switch (pipeline)
        {
            case []:
                return ([], null);
            case [{ Id: FrameCodecs.ShuffleFilterId, Values: [var itemBytes, ..] }, var packed] when Compressor(packed) is { } compressor:
                return ([new JsonObject { ["id"] = "shuffle", ["elementsize"] = itemBytes }], compressor);
            case [var packed] when Compressor(packed) is { } compressor:
                return ([], compressor);
            default:
                return null;
        }
    }

    /// <summary>Packs a chunk whose writer left filters out, as the layout says that it is.</summary>
    public static byte[] Pack(IReadOnlyList<Hdf5Filter> pipeline, byte[] values)
    {
        FrameCodec? codec = Hdf5Filter.CodecOf(pipeline);
        if (codec is not (FrameCodec.Deflate or FrameCodec.ShuffleDeflate))
        {
            throw ErrorCode.Unprocessable.With(
                $"A chunk was written without some of its filters ({Hdf5Filter.Describe(pipeline)}), which Zarr has no word for. "
                + "Repack the file with h5repack.").ToException();
        }

        byte[] plain = values;
        if (codec == FrameCodec.ShuffleDeflate)
        {
            plain = new byte[values.Length];
            ByteShuffle.Gather(values, plain, (int)pipeline[0].Values[0]);
        }

        byte[] packed = new byte[DeflateFraming.MaxEncodedLength(plain.Length)];
        return packed[..DeflateFraming.Encode(plain, packed)];
    }

    private static JsonObject? Compressor(Hdf5Filter filter) => filter switch
    {
        { Id: FrameCodecs.DeflateFilterId, Values: [var level, ..] } => new JsonObject { ["id"] = "zlib", ["level"] = level },
        { Id: ZstandardFilterId } => new JsonObject { ["id"] = "zstd", ["level"] = filter.Values.FirstOrDefault(1u) },
        { Id: BloscFilterId, Values.Length: > BloscCodec } when BloscNames.ElementAtOrDefault((int)filter.Values[BloscCodec]) is { } name =>
            new JsonObject
            {
                ["id"] = "blosc",
                ["cname"] = name,
                ["clevel"] = filter.Values[BloscLevel],
                ["shuffle"] = filter.Values[BloscShuffle],
                ["blocksize"] = 0,
            },
        _ => null,
    };
}
