using System.Text.RegularExpressions;

namespace Hutch.Formats.NxMx;

/// <summary>Notes about unusual features of a master file, so that users do not take a part of an experiment for the whole.</summary>
public static partial class SeriesNotes
{
    /// <summary>Fewer images than the detector was asked to take.</summary>
    /// <param name="last">The number of the last image that is there.</param>
    public static string EndsEarly(long announced, string series, long last) =>
        $"The detector was to take {Number(announced)} images; {series} ends with image {Number(last)}.";

    public static string IsTurned(string series, DetectorPlane plane) =>
        string.Create(CultureInfo.InvariantCulture, $"The detector of {series} is turned by {plane.TurnDegrees:0.0#}° against the beam.");

    public static string HasChannels(string series, IReadOnlyCollection<string> channels) =>
        $"{series} has {channels.Count} channels ({string.Join(", ", channels)}): the frames of the first are at the top, those of each "
        + "other in a folder of its name.";

    internal static IEnumerable<string> Find(SeriesDescription series, string path, IReadOnlyList<string> otherEntries)
    {
        var groups = new NexusGroups(series.Nexus);
        if (!groups.HasInstrument)
        {
            yield return $"{series.Master} is a data file without its master: geometry, wavelength and mask are unknown{MasterOf(path)}.";
        }

        if (otherEntries.Count > 0)
        {
            yield return $"Only {series.EntryPath[1..]} of {series.Master} is read; it also has {string.Join(", ", otherEntries)}.";
        }

        if (groups.OfClass(groups.Instrument, "NXdetector") is { Count: > 1 } detectors)
        {
            yield return $"{series.Master} has {detectors.Count} detectors ({string.Join(", ", detectors)}); one of them is read.";
        }

        if (groups.OfClass("", "NXdata") is { Count: > 1 } data)
        {
            yield return $"{series.Master} has {data.Count} groups of data ({string.Join(", ", data)}); one of them is read.";
        }

        foreach (string note in HeaderQuantities.Read(series).Notes.Concat(ScanAxis.NotesOf(series)))
        {
            yield return note;
        }

        if (series.Channels.Count > 1)
        {
            yield return HasChannels(series.Master, series.Channels);
        }

        if (DetectorPlane.FindTurned(series.Nexus, series.EntryPath) is { } plane)
        {
            yield return IsTurned(series.Master, plane);
        }

        if (series.FirstImage > 1)
        {
            yield return $"{series.Master} begins with image {Number(series.FirstImage)} of its series.";
        }

        if (series.ExpectedImages > series.Images + (series.FirstImage - 1))
        {
            yield return EndsEarly(series.ExpectedImages, series.Master, series.Images + (series.FirstImage - 1));
        }
    }

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
