using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Hutch.Formats.NxMx;

/// <summary>What is unusual about a master file, so that nobody takes a part of an experiment for the whole.</summary>
internal static partial class SeriesNotes
{
    /// <param name="series">What was found.</param>
    /// <param name="path">The path of the file.</param>
    /// <param name="otherEntries">Entries of the file beside the one that is read.</param>
    public static IEnumerable<string> Of(SeriesDescription series, string path, IReadOnlyList<string> otherEntries)
    {
        if (series.Nexus["instrument"] is null)
        {
            yield return $"{series.Master} is a data file without its master: geometry, wavelength and mask are unknown{MasterOf(path)}.";
        }

        if (otherEntries.Count > 0)
        {
            yield return $"Only {series.EntryPath[1..]} of {series.Master} is read; it also has {string.Join(", ", otherEntries)}.";
        }

        if (OfClass(series.Nexus["instrument"], "NXdetector") is { Length: > 1 } detectors)
        {
            yield return $"{series.Master} has {detectors.Length} detectors ({string.Join(", ", detectors)}); one of them is read.";
        }

        if (OfClass(series.Nexus, "NXdata") is { Length: > 1 } groups)
        {
            yield return $"{series.Master} has {groups.Length} groups of data ({string.Join(", ", groups)}); one of them is read.";
        }

        if (series.Channels.Count > 1)
        {
            yield return $"{series.Master} has {series.Channels.Count} channels ({string.Join(", ", series.Channels)}): the frames of the "
                + "first are at the top, those of each other in a folder of its name.";
        }

        if (series.FirstImage > 1)
        {
            yield return $"{series.Master} begins with image {Number(series.FirstImage)} of its series.";
        }

        if (series.ExpectedImages > series.Images + (series.FirstImage - 1))
        {
            yield return $"The detector was to take {Number(series.ExpectedImages)} images; {series.Master} ends with image "
                + $"{Number(series.Images + (series.FirstImage - 1))}.";
        }
    }

    private static string[] OfClass(JsonNode? group, string nexusClass) => group is JsonObject members
        ? [.. members.Where(m => NexusTree.Text((m.Value as JsonObject)?["@NX_class"]) == nexusClass).Select(static m => m.Key)]
        : [];

    private static string MasterOf(string path)
    {
        string name = Path.GetFileName(path);
        string master = DataFile().Replace(name, "_master");
        return master != name && File.Exists(Path.Combine(Path.GetDirectoryName(path)!, master)) ? $"; {master} is beside it" : "";
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(_data)?_[0-9]+(?=\.[A-Za-z0-9]+$)")]
    private static partial Regex DataFile();
}
