using Hutch.Formats.Frames;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5;

/// <param name="Id">HDF5's registered number.</param>
internal sealed record Hdf5Filter(int Id, uint[] Values)
{
    private const uint BitshuffleLz4 = 2;
    private const uint BitshuffleZstandard = 3;

    /// <summary>For messages: the name that people know, and the number.</summary>
    public string Name => Id switch
    {
        1 => "deflate (1)",
        2 => "shuffle (2)",
        3 => "fletcher32 (3)",
        4 => "szip (4)",
        5 => "nbit (5)",
        6 => "scale-offset (6)",
        307 => "bzip2 (307)",
        32000 => "lzf (32000)",
        32001 => "blosc (32001)",
        32004 => "lz4 (32004)",
        32008 => Values.Length > 4 && Values[4] == BitshuffleZstandard ? "bitshuffle with Zstandard (32008)"
            : IsBitshuffleLz4 ? "bitshuffle with LZ4 (32008)"
            : "bitshuffle without compression (32008)",
        32013 => "zfp (32013)",
        32015 => "Zstandard (32015)",
        32026 => "blosc2 (32026)",
        _ => $"filter {Id}",
    };

    /// <summary>True if the library or Hutch's own decoder can unpack it.</summary>
    public bool IsKnown => Hdf5Library.H5Zfilter_avail(Id) > 0 && (Id != FrameCodecs.BitshuffleFilterId || IsBitshuffleLz4);

    private bool IsBitshuffleLz4 => Values.Length > 4 && Values[4] == BitshuffleLz4;

    /// <summary>The codec that a pipeline is, or null when it is none of ours.</summary>
    public static FrameCodec? CodecOf(IReadOnlyList<Hdf5Filter> pipeline) => pipeline switch
    {
        [] => FrameCodec.Raw,
        [{ Id: FrameCodecs.BitshuffleFilterId, IsBitshuffleLz4: true }] => FrameCodec.BitshuffleLz4,
        [{ Id: FrameCodecs.Lz4FilterId }] => FrameCodec.Lz4,
        [{ Id: FrameCodecs.DeflateFilterId }] => FrameCodec.Deflate,
        [{ Id: FrameCodecs.ShuffleFilterId }, { Id: FrameCodecs.DeflateFilterId }] => FrameCodec.ShuffleDeflate,
        _ => null,
    };

    public static string Describe(IReadOnlyList<Hdf5Filter> pipeline) => string.Join(", then ", pipeline.Select(static f => f.Name));

    /// <summary>True if chunks that reach across the edge of the array are stored without the filters.</summary>
    public static unsafe bool LeavesEdgesPlain(Hdf5Id creationList)
    {
        const uint DoNotFilterPartialChunks = 2;
        uint options = 0;
        Hdf5Library.Check(Hdf5Library.H5Pget_chunk_opts(creationList, &options));
        return (options & DoNotFilterPartialChunks) != 0;
    }

    public static unsafe List<Hdf5Filter> Read(Hdf5Id creationList)
    {
        const int MaxValues = 32;
        uint* values = stackalloc uint[MaxValues];
        int count = Hdf5Library.Check(Hdf5Library.H5Pget_nfilters(creationList));
        var pipeline = new List<Hdf5Filter>(count);
        for (uint i = 0; i < count; i++)
        {
            uint flags;
            uint configuration;
            nuint valueCount = MaxValues;
            int id = Hdf5Library.Check(
                Hdf5Library.H5Pget_filter2(creationList, i, &flags, &valueCount, values, 0, null, &configuration));
            pipeline.Add(new Hdf5Filter(id, new Span<uint>(values, (int)Math.Min(valueCount, MaxValues)).ToArray()));
        }

        return pipeline;
    }
}
