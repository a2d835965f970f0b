using Hutch.Formats.Zarr;

namespace Hutch.Formats.Mrc;

/// <summary>An MRC file that is read by images: a stack, a movie, a volume, packed by gzip or not.</summary>
internal static class MrcArray
{
    private const int FourBits = 101;
    private const int Colours = 16;

    private static readonly string[] SpaceNames = ["x", "y", "z"];

    public static IZarrArray Open(IFileBytes file, ReadOnlySpan<byte> head)
    {
        if (head.Length < MrcHeader.Size)
        {
            throw ErrorCode.UnreadableFile.With($"{file.Name} ends inside its header.").ToException();
        }

        var header = new MrcReading(head);
        (string type, int itemBytes) = Type(file, header);
        long[] shape = Shape(file, header);
        long extended = header.ExtendedBytes;
        if (extended < 0)
        {
            throw ErrorCode.UnreadableFile.With($"{file.Name} says that its extended header has {extended} bytes.").ToException();
        }

        long[] chunk = header.Mode == Colours ? [.. ChunkShape.OfImages(shape[..^1], 3), 3] : ChunkShape.OfImages(shape, itemBytes);
        long first = MrcHeader.Size + extended;
        (IFileBytes numbers, long offset) = header.Mode == FourBits
            ? (new HalfBytes(file, first, (int)shape[^1], shape.Take(shape.Length - 1).Aggregate(1L, static (all, each) => all * each)), 0L)
            : (file, first);
        return new FlatArray(
            numbers, offset, type, itemBytes, shape, chunk,
            attributes: json => WriteAttributes(json, header, Notes(file, header, first, itemBytes)))
        {
            IsBottomUp = true,
        };
    }

    private static (string Type, int Bytes) Type(IFileBytes file, MrcReading header)
    {
        char order = header.IsBigEndian ? '>' : '<';
        return header.Mode switch
        {
            0 when header.HasHiddenHalfBytes => throw ErrorCode.Unprocessable.With(
                $"{file.Name} has two pixels in each byte by a flag of IMOD, which is not read. Make bytes of them with IMOD's newstack.")
                .ToException(),
            0 => header.IsSigned ?? true ? ("|i1", 1) : ("|u1", 1),
            1 => (order + "i2", 2),
            2 => (order + "f4", 4),
            3 => throw ErrorCode.Unprocessable.With(
                $"{file.Name} has complex numbers of 16-bit integers (mode 3), which are not read. EMAN and IMOD read them.").ToException(),
            4 => (order + "c8", 8),
            6 => (order + "u2", 2),
            12 => (order + "f2", 2),
            Colours or FourBits => ("|u1", 1),
            int mode => throw ErrorCode.Unprocessable.With(
                $"{file.Name} has pixels of mode {mode}, which is not read; those of the modes 0, 1, 2, 4, 6, 12, 16 and 101 are.")
                .ToException(),
        };
    }

    /// <summary>
    /// Sections, rows, columns; in a stack of volumes (as its space group says), volumes before these; colours after them.
    /// </summary>
    private static long[] Shape(IFileBytes file, MrcReading header)
    {
        long[] lengths = [.. header.Lengths.Reverse()];
        if (lengths.Any(static length => length < 1))
        {
            throw ErrorCode.UnreadableFile.With(
                $"{file.Name} says that it has {lengths[0]} images of {lengths[2]} x {lengths[1]} pixels.").ToException();
        }

        if (header.VolumeSections is > 0 and var depth)
        {
            lengths = [lengths[0] / depth, depth, .. lengths[1..]];
        }

        return header.Mode == Colours ? [.. lengths, 3] : lengths;
    }

    private static List<string> Notes(IFileBytes file, MrcReading header, long first, int itemBytes)
    {
        var notes = new List<string>();
        if (header is { Mode: 0, IsSigned: null })
        {
            notes.Add("The file does not say whether its bytes have a sign: they are read as -128 to 127.");
        }

        int[] lengths = header.Lengths;
        double pixelBytes = header.Mode == Colours ? 3 : itemBytes;
        double rowBytes = header.Mode == FourBits ? (lengths[0] + 1) / 2 : lengths[0] * pixelBytes;
        double more = Math.Floor((file.Length - first) / (rowBytes * lengths[1])) - lengths[2];
        if (more >= 1 && file is not Nifti.GzipBytes)
        {
            notes.Add($"The file is long enough for {more} more images than its header says.");
        }

        return notes;
    }

    private static void WriteAttributes(Utf8JsonWriter json, MrcReading header, List<string> notes)
    {
        json.WriteNumber("mode", header.Mode);
        json.WriteNumber("space_group", header.SpaceGroup);
        json.WriteTexts("axes", [SpaceNames[header.Space[2] - 1], SpaceNames[header.Space[1] - 1], SpaceNames[header.Space[0] - 1]]);
        WriteAxes(json, "voxel_size_angstrom", header.VoxelAngstrom);
        WriteAxes(json, "origin_angstrom", header.OriginAngstrom);
        json.WriteTexts("labels", header.Labels());
        json.WriteNotes(notes);
    }

    /// <summary>Writes a number of each axis, sections first.</summary>
    private static void WriteAxes(Utf8JsonWriter json, string name, Func<int, double> valueOf)
    {
        json.WriteStartArray(name);
        for (int axis = 2; axis >= 0; axis--)
        {
            WriteFinite(json, valueOf(axis));
        }

        json.WriteEndArray();
    }

    private static void WriteFinite(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
