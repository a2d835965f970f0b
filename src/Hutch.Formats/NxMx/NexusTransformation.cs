namespace Hutch.Formats.NxMx;

/// <summary>One step of a chain of NeXus (https://manual.nexusformat.org/classes/base_classes/NXtransformations.html).</summary>
internal sealed record NexusTransformation(string Name, JsonObject Group)
{
    private const int MaxSteps = 32;

    /// <summary>Programs disagree about translations along a longer vector: some move by its length, others make it 1.</summary>
    private const double LengthWithin = 0.01;

    public bool IsRotation => Text("transformation_type") == "rotation";

    /// <summary>True for a rotation by an angle that is not 0.</summary>
    public bool IsTurn => IsRotation && Value is not 0;

    public bool IsLast => Text("depends_on") is null or "" or ".";

    /// <summary>True if its numbers are there, their units and directions known, and they are the same for all images.</summary>
    public bool IsKnown => Value is { } value && (Offset is not null || Triple("offset").Length == 0) && (value == 0 || HasDirection);

    /// <summary>The shift of a translation, m.</summary>
    public Vector Way => (Value ?? 0) * Axis;

    private bool HasDirection => Triple("vector").Length is var length && (IsRotation ? length > 0 : Math.Abs(length - 1) <= LengthWithin);

    // Of length 1; 0 where it names none.
    private Vector Axis => Triple("vector") is { Length: > 0 } vector ? 1 / vector.Length * vector : default;

    /// <summary>Returns the steps from a field on, each of which depends on the next, as far as they can be followed.</summary>
    /// <param name="path">The path of the first step.</param>
    /// <param name="folder">The base of a relative path.</param>
    public static List<NexusTransformation> Chain(JsonObject nexus, string entryPath, string? path, string folder)
    {
        var chain = new List<NexusTransformation>();
        while (path is not (null or "" or ".") && chain.Count < MaxSteps)
        {
            string relative = path.StartsWith(entryPath + "/", StringComparison.Ordinal) ? path[(entryPath.Length + 1)..]
                : path.StartsWith('/') ? path[1..]
                : Within(folder, path);
            int slash = relative.LastIndexOf('/');
            folder = slash < 0 ? "" : relative[..slash];
            if (nexus.At(folder) is not JsonObject group)
            {
                break;
            }

            chain.Add(new NexusTransformation(relative[(slash + 1)..], group));
            path = chain[^1].Text("depends_on");
        }

        return chain;
    }

    /// <summary>A relative path from a folder on, in which two dots are the folder above.</summary>
    private static string Within(string folder, string path)
    {
        var parts = new List<string>();
        foreach (string part in $"{folder}/{path}".Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    public Vector Place(Vector position)
    {
        Vector offset = (Offset ?? 0) * Triple("offset");
        return IsRotation ? Direction(position) + offset : position + Way + offset;
    }

    public Vector Direction(Vector direction) =>
        IsRotation ? direction.Turned(Axis, Value ?? 0) : direction;

    /// <summary>The one value, in metres or degrees; null for none, several, or a unit that is unknown.</summary>
    private double? Value =>
        NexusTree.Real(
            Group[Name] is JsonArray { Count: > 1 } list && list.All(item => JsonNode.DeepEquals(item, list[0])) ? list[0] : Group[Name])
            is { } value && (IsRotation || HeaderUnit.CanBe(value, Text("units"), HeaderUnit.LargestDistance))
            ? (IsRotation ? HeaderUnit.Degree : HeaderUnit.Metre).Read(value, Text("units"))
            : null;

    // One of the offset, in metres. Without a unit of its own it has that of a translation.
    private double? Offset => (Text("offset_units") ?? (IsRotation ? null : Text("units"))) is { } unit ? HeaderUnit.Metre.Read(1, unit)
        : IsRotation ? null : 1;

    private string? Text(string attribute) => NexusTree.Text(Group[$"{Name}@{attribute}"]);

    private Vector Triple(string attribute) =>
        Group[$"{Name}@{attribute}"] is JsonArray { Count: 3 } list
        && NexusTree.Real(list[0]) is { } x && NexusTree.Real(list[1]) is { } y && NexusTree.Real(list[2]) is { } z
            ? new Vector(x, y, z)
            : default;
}
