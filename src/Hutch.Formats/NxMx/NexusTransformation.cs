namespace Hutch.Formats.NxMx;

/// <summary>One step of a chain of NeXus (https://manual.nexusformat.org/classes/base_classes/NXtransformations.html).</summary>
internal sealed record NexusTransformation(string Name, JsonObject Group)
{
    private const int MaxSteps = 32;

    public bool IsRotation => Text("transformation_type") == "rotation";

    public bool IsLast => Text("depends_on") is null or "" or ".";

    public bool IsKnown => Group.ContainsKey(Name) && Unit is not null && Units.Metres(Text("offset_units")) is not null;

    /// <summary>The shift of a translation, m.</summary>
    public Vector Way => Value * (Unit ?? 1) * Axis;

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
                : folder + "/" + path;
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

    public Vector Place(Vector place)
    {
        Vector offset = (Units.Metres(Text("offset_units")) ?? 1) * Triple("offset");
        return IsRotation ? Direction(place) + offset : place + Way + offset;
    }

    public Vector Direction(Vector direction) =>
        IsRotation ? direction.Turned(Axis, Value * (Unit ?? 1)) : direction;

    /// <summary>The first value: detectors do not move during a series.</summary>
    private double Value => NexusTree.Real(Group[Name] is JsonArray { Count: > 1 } list ? list[0] : Group[Name]) ?? 0;

    // In metres or degrees.
    private double? Unit => IsRotation ? Units.Degrees(Text("units")) : Units.Metres(Text("units"));

    private string? Text(string attribute) => NexusTree.Text(Group[$"{Name}@{attribute}"]);

    private Vector Triple(string attribute) =>
        Group[$"{Name}@{attribute}"] is JsonArray { Count: 3 } list
        && NexusTree.Real(list[0]) is { } x && NexusTree.Real(list[1]) is { } y && NexusTree.Real(list[2]) is { } z
            ? new Vector(x, y, z)
            : default;
}
