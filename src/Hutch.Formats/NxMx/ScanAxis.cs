namespace Hutch.Formats.NxMx;

/// <param name="StartDegrees">Where it was at the first image.</param>
/// <param name="IncrementDegrees">How far it turns from image to image.</param>
internal sealed record ScanAxis(string Name, double StartDegrees, double IncrementDegrees)
{
    /// <summary>
    /// Follows the sample's chain of transformations to the first rotation that changes from image to image, as dxtbx does; without one,
    /// takes the first rotation, which does not change.
    /// </summary>
    public static ScanAxis? Find(JsonObject nexus, string entryPath)
    {
        ScanAxis? still = null;
        foreach (NexusTransformation step in NexusTransformation.Chain(
            nexus, entryPath, NexusTree.Text(nexus.At("sample/depends_on")), "sample/transformations"))
        {
            if (step.IsRotation && Read(step.Group, step.Name) is { } axis)
            {
                if (axis.IncrementDegrees != 0)
                {
                    return axis;
                }

                still ??= axis;
            }
        }

        return still;
    }

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
