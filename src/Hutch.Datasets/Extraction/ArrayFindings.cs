using System.Text.Json.Nodes;

namespace Hutch.Datasets.Extraction;

/// <summary>Findings from the largest array of a file: a volume, a sequence of images, or a picture of a microscope.</summary>
internal static class ArrayFindings
{
    /// <summary>An array that is flatter than this is a stack of images rather than a volume.</summary>
    private const double Flat = 1.0 / 16;

    /// <summary>So many numbers of a point are its colours, if they are the last axis.</summary>
    private const int MaxColours = 4;

    private const string ArraySuffix = ".zarray";

    /// <returns>Null where no array is a picture.</returns>
    public static FileFindings? Find(string file, JsonElement list)
    {
        (string Path, long[] Shape)[] arrays =
        [
            .. list.GetProperty("metadata").EnumerateObject()
                .Where(static entry => entry.Name.EndsWith(ArraySuffix, StringComparison.Ordinal))
                .Select(static entry => (
                    entry.Name[..^ArraySuffix.Length],
                    entry.Value.GetProperty("shape").EnumerateArray().Select(static length => length.GetInt64()).ToArray())),
        ];
        if (arrays.Length == 0)
        {
            return null;
        }

        (string path, long[] shape) = arrays.MaxBy(static array => array.Shape.Aggregate(1.0, static (all, length) => all * length));
        list.GetProperty("metadata").TryGetProperty(path + ".zattrs", out JsonElement attributes);
        return SpaceOf(shape) is { } space ? Find(file, space, attributes) : null;
    }

    private static FileFindings Find(string file, long[] space, JsonElement attributes)
    {
        (long x, long y, long z) = (space[^1], space[^2], space.Length > 2 ? space[^3] : 1);
        (double[] Size, string Unit)? voxel = VoxelOf(attributes);
        JsonNode? Size(int axes) => voxel is { } said ? FileFindings.WithUnit(Numbers(said.Size[..axes]), said.Unit) : null;

        if (z >= Flat * Math.Max(x, y))
        {
            return FileFindings.From(file, "volume", ("size", new JsonArray(x, y, z)), ("voxel_size", Size(3)));
        }

        // Only MRC has a space group.
        return voxel is { } pixel && Member(attributes, "space_group") is not null && pixel.Size[0].Equals(pixel.Size[1])
            ? FileFindings.From(file, "cryoem", ("pixel_size", FileFindings.WithUnit(JsonValue.Create(pixel.Size[0]), pixel.Unit)))
            : FileFindings.From(file, "image-stack", ("images", z), ("image_size", new JsonArray(x, y)), ("pixel_size", Size(2)));
    }

    /// <summary>The axes of space: the last ones, without the colours of a point behind them.</summary>
    private static long[]? SpaceOf(long[] shape)
    {
        long[] space = shape.Length > 3 && shape[^1] is >= 2 and <= MaxColours ? shape[..^1] : shape;
        return space.Length < 2 ? null : space;
    }

    /// <summary>The size of a voxel along x, y and z; null where the file says none.</summary>
    private static (double[] Size, string Unit)? VoxelOf(JsonElement attributes)
    {
        JsonElement? inAngstrom = Member(attributes, "voxel_size_angstrom");
        if ((inAngstrom ?? Member(attributes, "voxel_size")) is not { ValueKind: JsonValueKind.Array } said || said.GetArrayLength() != 3
            || said.EnumerateArray().Any(static each => each.ValueKind != JsonValueKind.Number || each.GetDouble() is not > 0))
        {
            return null;
        }

        string unit = inAngstrom is not null ? "Å"
            : Member(attributes, "voxel_size_unit") is { ValueKind: JsonValueKind.String } named ? named.GetString()!
            : "";
        return ([.. said.EnumerateArray().Select(static each => each.GetDouble()).Reverse()], unit);
    }

    private static JsonElement? Member(JsonElement attributes, string name) =>
        attributes.ValueKind == JsonValueKind.Object && attributes.TryGetProperty(name, out JsonElement member) ? member : null;

    private static JsonArray Numbers(double[] numbers) => new([.. numbers.Select(static number => (JsonNode)JsonValue.Create(number))]);
}
