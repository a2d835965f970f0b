using Hutch.Formats.Zarr;

namespace Hutch.Formats.Nifti;

/// <summary>A NIfTI file, packed by gzip or not, that is read by chunks: volumes of medical imaging, with times before these.</summary>
internal static class NiftiArray
{
    private const int SingleFileBytes = 352;
    private const int Rgb = 128;
    private const int Rgba = 2304;

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
        var notes = new List<string>();
        long[] shape = [.. Shape(file, header, notes), .. header.DataType switch { Rgb => [3], Rgba => [4], _ => (long[])[] }];
        long offset = Offset(file, header);
        long bytes = shape.Aggregate((long)itemBytes, static (product, length) => checked(product * length));
        if (file is GzipBytes packed && bytes > packed.Length)
        {
            throw ErrorCode.UnreadableFile.With(
                $"{file.Name} has {packed.PackedBytes} bytes, which cannot unpack to the {bytes} bytes of numbers that its header says.")
                .ToException();
        }

        AddNotes(header, notes);
        string? orientation = header.Affine() is { } affine ? Orientation(affine) : null;
        return new FlatArray(
            file, offset, type, itemBytes, shape, ChunkShape.For(shape, itemBytes),
            attributes: json => WriteAttributes(json, header, orientation, notes))
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
            Rgb or Rgba => ("u1", 1),
            int type => throw ErrorCode.Unprocessable.With(
                $"{file.Name} has values of type {type}, which is not read: "
                + "integers, floats and complex numbers of up to 64 bits each, and colours are.").ToException(),
        };
        return ((bytes == 1 ? "|" : header.IsBigEndian ? ">" : "<") + name, bytes);
    }

    /// <summary>The lengths, slowest first; axes at the end that have one index say nothing.</summary>
    private static long[] Shape(IFileBytes file, NiftiHeader header, List<string> notes)
    {
        long[] lengths = header.Lengths;

        // Some writers count axes that they give no length.
        for (int axis = lengths.Length - 1; axis > 2 && lengths[axis] == 0; axis--)
        {
            lengths[axis] = 1;
            notes.Add($"The axis {axis + 1} has the length 0: it is read as 1.");
        }

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

    private static void AddNotes(NiftiHeader header, List<string> notes)
    {
        if (header.HasBadRotation)
        {
            notes.Add("The rotation is no rotation: where voxels are in a person is not said.");
        }

        if (header.Slope != 0 && double.IsFinite(header.Slope) && !double.IsFinite(header.Intercept))
        {
            notes.Add($"The scaling of values is not known: the file adds {header.Intercept}.");
        }
    }

    private static void WriteAttributes(Utf8JsonWriter json, NiftiHeader header, string? orientation, List<string> notes)
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

        WriteNumbers(json, "voxel_size", [header.Size(3), header.Size(2), header.Size(1)]);
        json.WriteString("voxel_size_unit", header.SpaceUnit);
        if (header.AxisCount > 3 && header.Step(4) is > 0 and < double.PositiveInfinity and var step)
        {
            json.WriteNumber("time_step", step);
            json.WriteString("time_step_unit", header.TimeUnit);
        }

        json.WriteNotes(notes);
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
    /// Returns the directions of x, y and z of the file: each the nearest one that is free, after shears were undone; null if one has no
    /// direction.
    /// </summary>
    private static string? Orientation(double[][] affine)
    {
        double[,] rotation = NearestRotation(affine);
        char[] letters = new char[3];
        List<int> rows = [0, 1, 2];
        for (int column = 0; column < letters.Length; column++)
        {
            int nearest = rows.MaxBy(row => Math.Abs(rotation[row, column]));
            if (!(Math.Abs(rotation[nearest, column]) > 0))
            {
                return null;
            }

            rows.Remove(nearest);
            letters[column] = (rotation[nearest, column] < 0 ? Shrink : Grow)[nearest];
        }

        return new string(letters);
    }

    /// <summary>
    /// Returns the rotation, or mirror, that is nearest to the directions of the columns: the orthogonal factor of the polar decomposition,
    /// by Newton's iteration. Directions in a plane are returned as they are.
    /// </summary>
    private static double[,] NearestRotation(double[][] affine)
    {
        const int Steps = 30;
        const double Flat = 1e-9;
        double[,] rotation = new double[3, 3];
        for (int column = 0; column < 3; column++)
        {
            double length = Math.Sqrt(affine.Sum(row => row[column] * row[column]));
            for (int row = 0; row < 3; row++)
            {
                rotation[row, column] = length > 0 ? affine[row][column] / length : 0;
            }
        }

        for (int step = 0; step < Steps; step++)
        {
            double Minor(int row, int column)
            {
                (int a, int b, int c, int d) = ((row + 1) % 3, (row + 2) % 3, (column + 1) % 3, (column + 2) % 3);
                return (rotation[a, c] * rotation[b, d]) - (rotation[a, d] * rotation[b, c]);
            }

            double volume = Enumerable.Range(0, 3).Sum(column => rotation[0, column] * Minor(0, column));
            if (Math.Abs(volume) < Flat)
            {
                return rotation;
            }

            double[,] next = new double[3, 3];
            for (int i = 0; i < 9; i++)
            {
                next[i / 3, i % 3] = (rotation[i / 3, i % 3] + (Minor(i / 3, i % 3) / volume)) / 2;
            }

            rotation = next;
        }

        return rotation;
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
