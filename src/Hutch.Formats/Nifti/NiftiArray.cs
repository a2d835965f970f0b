using Hutch.Formats.Zarr;

namespace Hutch.Formats.Nifti;

/// <summary>A NIfTI file, packed by gzip or not, that is read by chunks: volumes of medical imaging, with times before these.</summary>
internal static class NiftiArray
{
    private const int SingleFileBytes = 352;

    // The letters of the directions in which x, y, and z of a person grow, and shrink.
    private const string Grow = "RAS";
    private const string Shrink = "LPI";

    /// <summary>The array; null for a file that is no NIfTI.</summary>
    public static IZarrArray? TryOpen(IFileBytes file)
    {
        byte[] head = new byte[NiftiHeader.MaxBytes];
        int bytes = ReadHead(file, head);
        return NiftiHeader.VersionOf(head.AsSpan(0, bytes)) is null ? null : Open(file, new NiftiHeader(head));
    }

    private static int ReadHead(IFileBytes file, byte[] head)
    {
        if (file is GzipBytes packed)
        {
            return packed.ReadAtMost(0, head);
        }

        int bytes = (int)Math.Min(head.Length, file.Length);
        file.Read(0, head.AsSpan(0, bytes));
        return bytes;
    }

    private static FlatArray Open(IFileBytes file, NiftiHeader header)
    {
        if (header.IsPair)
        {
            throw ErrorCode.Unprocessable.With(
                $"{file.Name} is the header of a pair of NIfTI files, whose numbers are in the other one. Make one file of both (.nii).")
                .ToException();
        }

        (string type, int itemBytes) = Type(file, header);
        long[] shape = Shape(file, header);
        long offset = Offset(file, header);
        long bytes = shape.Aggregate((long)itemBytes, static (product, length) => checked(product * length));
        if (file is GzipBytes packed && bytes > packed.Length)
        {
            throw ErrorCode.UnreadableFile.With(
                $"{file.Name} has {packed.PackedBytes} bytes, which cannot unpack to the {bytes} bytes of numbers that its header says.")
                .ToException();
        }

        string? orientation = header.Affine() is { } affine ? Orientation(affine) : null;
        return new FlatArray(
            file, offset, type, itemBytes, shape, ChunkShape.For(shape, itemBytes),
            attributes: json => WriteAttributes(json, header, orientation))
        {
            IsBottomUp = orientation?[1] is 'A' or 'S',
        };
    }

    private static (string Type, int Bytes) Type(IFileBytes file, NiftiHeader header)
    {
        (string name, int bytes) = header.DataType switch
        {
            2 => ("u1", 1),
            4 => ("i2", 2),
            8 => ("i4", 4),
            16 => ("f4", 4),
            32 => ("c8", 8),
            64 => ("f8", 8),
            256 => ("i1", 1),
            512 => ("u2", 2),
            768 => ("u4", 4),
            1024 => ("i8", 8),
            1280 => ("u8", 8),
            1792 => ("c16", 16),
            int type => throw ErrorCode.Unprocessable.With(
                $"{file.Name} has values of type {type}, which is not read: "
                + "integers, floats and complex numbers of up to 64 bits each are.").ToException(),
        };
        return ((bytes == 1 ? "|" : header.IsBigEndian ? ">" : "<") + name, bytes);
    }

    /// <summary>The lengths, slowest first; axes at the end that have one index say nothing.</summary>
    private static long[] Shape(IFileBytes file, NiftiHeader header)
    {
        long[] lengths = header.Lengths;
        if (lengths.Length != header.AxisCount || lengths.Length == 0 || lengths.Any(static length => length < 1))
        {
            throw ErrorCode.UnreadableFile.With(
                $"{file.Name} says that it has {header.AxisCount} axes with the lengths {string.Join(", ", lengths)}.").ToException();
        }

        int rank = lengths.Length;
        while (rank > 2 && lengths[rank - 1] == 1)
        {
            rank--;
        }

        return [.. lengths.Take(rank).Reverse()];
    }

    private static long Offset(IFileBytes file, NiftiHeader header) =>
        header.Offset is >= SingleFileBytes and < long.MaxValue and var offset && Math.Floor(offset) == offset
            ? (long)offset
            : throw ErrorCode.UnreadableFile.With($"{file.Name} says that its numbers begin at byte {header.Offset}.").ToException();

    private static void WriteAttributes(Utf8JsonWriter json, NiftiHeader header, string? orientation)
    {
        json.WriteNumber("nifti", header.Version);
        if (header.Description.Length > 0)
        {
            json.WriteString("description", header.Description);
        }

        if (header.Slope != 0 && double.IsFinite(header.Slope) && double.IsFinite(header.Intercept)
            && (header.Slope, header.Intercept) != (1, 0))
        {
            json.WriteNumber("scale_factor", header.Slope);
            json.WriteNumber("add_offset", header.Intercept);
        }

        WriteNumbers(json, "voxel_size", [Math.Abs(header.Step(3)), Math.Abs(header.Step(2)), Math.Abs(header.Step(1))]);
        json.WriteString("voxel_size_unit", header.SpaceUnit);
        if (header.AxisCount > 3 && header.Step(4) is > 0 and < double.PositiveInfinity and var step)
        {
            json.WriteNumber("time_step", step);
            json.WriteString("time_step_unit", header.TimeUnit);
        }

        if (header.Affine() is not { } affine)
        {
            return;
        }

        json.WriteStartArray("affine");
        Array.ForEach(affine, row => WriteNumbers(json, null, row));
        json.WriteEndArray();
        if (orientation is not null)
        {
            json.WriteString("orientation", orientation);
        }
    }

    /// <summary>
    /// Returns the directions of x, y and z of the file: each the nearest one that is free; null if one has no direction.
    /// </summary>
    private static string? Orientation(double[][] affine)
    {
        char[] letters = new char[3];
        double Along(int row, int column) =>
            Math.Abs(affine[row][column]) / Math.Sqrt(affine.Sum(each => each[column] * each[column]));
        List<int> rows = [0, 1, 2];
        for (int column = 0; column < letters.Length; column++)
        {
            int nearest = rows.MaxBy(row => Along(row, column));
            if (!(Along(nearest, column) > 0))
            {
                return null;
            }

            rows.Remove(nearest);
            letters[column] = (affine[nearest][column] < 0 ? Shrink : Grow)[nearest];
        }

        return new string(letters);
    }

    private static void WriteNumbers(Utf8JsonWriter json, string? name, double[] values)
    {
        if (name is null)
        {
            json.WriteStartArray();
        }
        else
        {
            json.WriteStartArray(name);
        }

        foreach (double value in values)
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

        json.WriteEndArray();
    }
}
