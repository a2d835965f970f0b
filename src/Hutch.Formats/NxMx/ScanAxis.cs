using System.Text.Json.Nodes;

namespace Hutch.Formats.NxMx;

/// <summary>The rotation axis of a scan.</summary>
/// <param name="Name">Its name, such as <c>omega</c>.</param>
/// <param name="StartDegrees">Where it was at the first image.</param>
/// <param name="IncrementDegrees">How far it turns from image to image.</param>
internal sealed record ScanAxis(string Name, double StartDegrees, double IncrementDegrees)
{
    private const int MaxAxes = 32;

    /// <summary>
    /// Follows the sample's chain of transformations to the first rotation that changes from image to image, as dxtbx does; without one,
    /// takes the first rotation, which stands still.
    /// </summary>
    public static ScanAxis? Find(JsonObject nexus, string entryPath)
    {
        ScanAxis? still = null;
        string? path = NexusTree.Text(nexus.At("sample/depends_on"));
        string folder = "sample/transformations";
        for (int i = 0; i < MaxAxes && path is not (null or "" or "."); i++)
        {
            string relative = Relative(path, entryPath, folder);
            int slash = relative.LastIndexOf('/');
            string name = relative[(slash + 1)..];
            folder = slash < 0 ? "" : relative[..slash];
            if (nexus.At(folder) is not JsonObject group)
            {
                break;
            }

            if (NexusTree.Text(group[name + "@transformation_type"]) == "rotation" && Read(group, name) is { } axis)
            {
                if (axis.IncrementDegrees != 0)
                {
                    return axis;
                }

                still ??= axis;
            }

            path = NexusTree.Text(group[name + "@depends_on"]);
        }

        return still;
    }

    private static string Relative(string path, string entryPath, string folder) =>
        path.StartsWith(entryPath + "/", StringComparison.Ordinal) ? path[(entryPath.Length + 1)..]
        : path.StartsWith('/') ? path[1..]
        : folder + "/" + path;

    private static ScanAxis? Read(JsonObject group, string name)
    {
        double? degrees = Units.Degrees(NexusTree.Text(group[name + "@units"]));
        JsonNode? values = group[name];
        if (degrees is not { } factor)
        {
            return null;
        }

        if (values is JsonArray { Count: > 1 } list && NexusTree.Real(list[0]) is { } first && NexusTree.Real(list[^1]) is { } last)
        {
            return new ScanAxis(name, first * factor, (last - first) * factor / (list.Count - 1));
        }

        return NexusTree.Real(values) is { } only
            ? new ScanAxis(name, only * factor, (NexusTree.Real(group[name + "_increment_set"]) ?? 0) * factor)
            : null;
    }
}
