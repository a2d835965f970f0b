namespace Hutch.Detectors.Export;

/// <summary>
/// A series as one NXmx file: generated metadata, then the stored arrays and frames, byte by byte as they are. This is the plan of the
/// file: it gives the metadata and the location of the stored bytes. See docs/formats/nexus-files.md.
/// </summary>
/// <remarks>Thread-safe. The same series has the same bytes in every plan.</remarks>
public sealed class NxMxFile : IHdf5Plan
{
    public const string ContentType = "application/x-hdf5";

    /// <summary>Frames of a file, and numbers from the first to the last, at most.</summary>
    public const int MaxFrames = 2_000_000;

    /// <summary>Channels of a file, at most.</summary>
    public const int MaxChannels = 256;

    private readonly Hdf5Metadata _metadata;
    private readonly IReadOnlyList<NxMxArray> _arrays;
    private readonly NxMxFrame[] _frames;

    /// <summary>The offset of each stored part, arrays before frames; after the last one the length of the file.</summary>
    private readonly long[] _starts;

    private readonly FrameCodec _codec;

    private NxMxFile(JsonObject document, FrameHeader header, IReadOnlyList<NxMxArray> arrays, NxMxFrame[] frames)
    {
        (_arrays, _frames, _codec, _starts) = (arrays, frames, CodecOf(header), new long[arrays.Count + frames.Length + 1]);
        var head = new Hdf5Head();
        var metadata = new NxMxMetadata(head, document, header, First, Images);
        metadata.Write();
        Lack = metadata.Lack;
        ChunkIndex[] indexes = [.. ByChannel(frames).Select(channel => AddChannel(head, metadata, header, channel.Name, channel.Frames))];
        Hdf5Stored[] pieces = [.. arrays.Select(array => AddArray(head, metadata, array))];
        _metadata = Hdf5Metadata.Place(head, indexes, at => Place(pieces, at));
    }

    public long Size => _starts[^1];

    public long MetadataBytes => _metadata.Bytes;

    /// <summary>Stored parts: arrays, then frames, by number and channel.</summary>
    public int Parts => _starts.Length - 1;

    public long MemoryBytes => _metadata.HeadBytes + (_frames.Length * (long)(Unsafe.SizeOf<NxMxFrame>() + sizeof(long) + sizeof(int)));

    /// <summary>The values that the header lacks, so that programs which need them cannot read the file; null if it has all.</summary>
    public string? Lack { get; }

    private int First => _frames[0].Number;

    /// <summary>With those that are missing between.</summary>
    private int Images => _frames[^1].Number - First + 1;

    /// <summary>Returns the codec of the frames in such a file. No HDF5 filter reads CBF's own compression.</summary>
    public static FrameCodec CodecOf(FrameHeader header) =>
        header.Codec == FrameCodec.ByteOffset ? FrameCodec.BitshuffleLz4 : header.Codec;

    /// <summary>Returns true if the file can have a frame as stored: compressed like the others, or not at all.</summary>
    public static bool IsFit(FrameHeader header, NxMxFrame frame) =>
        frame.Codec == CodecOf(header) || (frame.Codec == FrameCodec.Raw && frame.Bytes == header.ImageBytes);

    /// <param name="frames">All frames, in any order.</param>
    public static Result<NxMxFile> Plan(ReadOnlySpan<byte> headerJson, IReadOnlyList<NxMxArray> arrays, IEnumerable<NxMxFrame> frames)
    {
        if (!FrameHeader.Parse(headerJson).TryGet(out FrameHeader? header, out HutchError? error))
        {
            return error;
        }

        NxMxFrame[] sorted = [.. frames];
        Array.Sort(sorted, Compare);
        if (FindFault(header, sorted) is { } fault)
        {
            return fault;
        }

        try
        {
            return new NxMxFile(JsonNode.Parse(headerJson)!.AsObject(), header, arrays, sorted);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or OverflowException)
        {
            string why = e is InvalidDataException ? e.Message : "it has values of another kind or size than a header has.";
            return ErrorCode.UnreadableFile.With($"The series cannot be a NeXus file, because of its header: {why}");
        }
    }

    public void ReadMetadata(long offset, Span<byte> destination) => _metadata.Read(offset, destination);

    /// <summary>Returns the stored part with a byte of the file, which is after the metadata.</summary>
    public int PartAt(long offset)
    {
        int found = Array.BinarySearch(_starts, offset);
        int part = found < 0 ? ~found - 1 : found;
        while (_starts[part + 1] == offset)
        {
            part++; // empty ones are before it
        }

        return part;
    }

    public StoredPart Part(int number)
    {
        long start = _starts[number], bytes = _starts[number + 1] - start;
        return number < _arrays.Count
            ? new StoredPart(_arrays[number].Path, _arrays[number].Layout.Offset, start, bytes)
            : new StoredPart(_frames[number - _arrays.Count].Path, 0, start, bytes);
    }

    private static int Compare(NxMxFrame a, NxMxFrame b) =>
        a.Number != b.Number ? a.Number.CompareTo(b.Number)
        : a.Channel.Length != b.Channel.Length ? a.Channel.Length.CompareTo(b.Channel.Length)
        : string.CompareOrdinal(a.Channel, b.Channel);

    private static HutchError? FindFault(FrameHeader header, NxMxFrame[] frames)
    {
        if (frames.Length == 0)
        {
            return ErrorCode.UnreadableFile.With("There are no frames.");
        }

        if (frames.Length > MaxFrames || (long)frames[^1].Number - frames[0].Number >= MaxFrames)
        {
            return ErrorCode.TooLarge.With(
                $"The series has {frames.Length} frames, from {frames[0].Number} to {frames[^1].Number}; "
                + $"a NeXus file holds at most {MaxFrames}.");
        }

        if (frames.Select(static frame => frame.Channel).Distinct(StringComparer.Ordinal).Count() > MaxChannels)
        {
            return ErrorCode.TooLarge.With($"The frames stand in more than {MaxChannels} folders, each of which would be a channel.");
        }

        foreach (NxMxFrame frame in frames)
        {
            if (!IsFit(header, frame))
            {
                return (ErrorCode.Unprocessable with { Advice = "`hutch export` packs such frames anew." }).With(
                    $"Frame {frame.Path} is stored as {frame.Codec.Name()}, in which HDF5 cannot read it: the frames of the file are "
                    + $"{CodecOf(header).Name()}.");
            }

            if (frame.Bytes is 0 or > uint.MaxValue || frame.Bytes > header.MaxPackedBytes)
            {
                return ErrorCode.UnreadableFile.With(
                    $"Frame {frame.Path} has {frame.Bytes} bytes; an image as the header describes it has at most {header.MaxPackedBytes}, "
                    + "and never none.");
            }
        }

        return null;
    }

    /// <summary>Gives arrays and frames their places behind the metadata. Returns the length of the file.</summary>
    private long Place(Hdf5Stored[] pieces, long at)
    {
        for (int i = 0; i < Parts; i++)
        {
            _starts[i] = at;
            if (i < pieces.Length)
            {
                pieces[i].Address = (ulong)at;
            }

            at += i < pieces.Length ? (long)pieces[i].Bytes : _frames[i - pieces.Length].Bytes;
        }

        _starts[^1] = at;
        return at;
    }

    private ChunkIndex AddChannel(Hdf5Head head, NxMxMetadata metadata, FrameHeader header, string channel, int[] frames)
    {
        var stored = new Hdf5Stored(header.Type, [(ulong)Images, (ulong)header.Rows, (ulong)header.Columns])
        {
            Codec = _codec,
            Fill = header.NoDataValue ?? -1,
        };
        head.Stored(
            $"{metadata.Data}/{(channel.Length == 0 ? "data" : channel.Replace('/', '_'))}",
            stored, ("image_nr_low", First), ("image_nr_high", First + Images - 1));
        return new ChunkIndex(stored, frames.Length, chunk => ChunkOf(frames[chunk]));
    }

    private StoredChunk ChunkOf(int frame)
    {
        NxMxFrame stored = _frames[frame];
        uint mask = stored.Codec == _codec ? stored.FilterMask : Hdf5Messages.SkipAll(_codec);
        return new StoredChunk(stored.Number - First, _starts[_arrays.Count + frame], (uint)stored.Bytes, mask);
    }

    /// <summary>The channels, and where their frames are. The first is always there, as programs look for it.</summary>
    private static IEnumerable<(string Name, int[] Frames)> ByChannel(NxMxFrame[] frames) =>
        Enumerable.Range(0, frames.Length).GroupBy(frame => frames[frame].Channel, StringComparer.Ordinal)
            .Select(static group => (group.Key, group.ToArray()))
            .Concat(frames.Any(static frame => frame.Channel.Length == 0) ? [] : [("", Array.Empty<int>())])
            .OrderBy(static channel => channel.Item1, StringComparer.Ordinal);

    private static Hdf5Stored AddArray(Hdf5Head head, NxMxMetadata metadata, NxMxArray array)
    {
        if (array.Layout.Shape.Count > Hdf5Messages.MaxRank)
        {
            throw new InvalidDataException($"'{array.Name}' has more than {Hdf5Messages.MaxRank} lengths.");
        }

        var stored = new Hdf5Stored(array.Layout.Type, [.. array.Layout.Shape.Select(static length => (ulong)length)]);
        head.Stored(metadata.PathOfArray(array.Name), stored);
        return stored;
    }
}

/// <summary>Stored bytes, and their location in the file.</summary>
/// <param name="EntryOffset">Their offset in the entry; they continue to its end.</param>
public readonly record struct StoredPart(string Path, int EntryOffset, long FileOffset, long Bytes);
