namespace Hutch.Formats.NxMx;

/// <summary>
/// The groups of an NXmx entry. NeXus finds them by class and leaves their names free; among several of a class, the one with the usual
/// name counts, else the first.
/// </summary>
internal sealed class NexusGroups
{
    private readonly JsonObject _nexus;

    public NexusGroups(JsonObject nexus)
    {
        _nexus = nexus;
        Instrument = Find("", "instrument", "NXinstrument");
        Detector = Find(Instrument, "detector", "NXdetector");
        Module = Find(Detector, "module", "NXdetector_module");
        Sample = Find("", "sample", "NXsample");
        Data = Find("", "data", "NXdata");
        Beams = [Find(Instrument, "beam", "NXbeam"), Find(Sample, "beam", "NXbeam"), Find("", "beam", "NXbeam")];
    }

    /// <summary>The path below the entry, such as <c>instrument</c>; so are the others. It may lead to nothing.</summary>
    public string Instrument { get; }

    public string Detector { get; }

    public string Module { get; }

    public string Sample { get; }

    public string Data { get; }

    /// <summary>The places of the beam: the first that has a value counts.</summary>
    public IReadOnlyList<string> Beams { get; }

    /// <summary>True if the entry describes an instrument: a data file without its master has none.</summary>
    public bool HasInstrument => _nexus.At(Instrument) is JsonObject;

    /// <summary>The detector's group; null when there is none.</summary>
    public JsonObject? DetectorGroup => _nexus.At(Detector) as JsonObject;

    /// <summary>The configuration that DECTRIS writes below its detector; null when there is none.</summary>
    public JsonObject? DetectorSpecific => DetectorGroup?["detectorSpecific"] as JsonObject;

    /// <summary>The number of modules that the data have along an axis of their own: the places of such have three numbers.</summary>
    public int ModulesApart => OfClass(Detector, "NXdetector_module")
        .Count(name => _nexus.At($"{Detector}/{name}/data_origin") is JsonArray { Count: 3 });

    /// <summary>The names of the groups of a class in a group.</summary>
    public IReadOnlyList<string> OfClass(string path, string nexusClass) => OfClass(Group(path), nexusClass);

    private static string[] OfClass(JsonObject? group, string nexusClass) =>
        [.. (group ?? []).Where(m => NexusTree.Text((m.Value as JsonObject)?["@NX_class"]) == nexusClass).Select(static m => m.Key)];

    private string Find(string parent, string usual, string nexusClass)
    {
        JsonObject? group = Group(parent);
        string name = group?[usual] is JsonObject ? usual : OfClass(group, nexusClass).FirstOrDefault() ?? usual;
        return parent.Length == 0 ? name : $"{parent}/{name}";
    }

    private JsonObject? Group(string path) => path.Length == 0 ? _nexus : _nexus.At(path) as JsonObject;
}
