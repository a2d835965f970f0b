namespace Hutch.Publishing.Pan;

/// <summary>
/// A kind of entity of the PaN search API, version f7732f5 of https://github.com/panosc-eu/search-api (common/models): the properties and
/// relations that a filter can name. Relations back to an entity's owner are left out.
/// </summary>
/// <param name="Relations">The related kind of each, and whether there can be several.</param>
/// <param name="TextFields">The properties that <c>text</c> searches.</param>
public sealed record PanModel(
    string Name, IReadOnlyDictionary<string, PanKind> Properties, IReadOnlyDictionary<string, (PanModel Model, bool IsMany)> Relations,
    IReadOnlyList<string> TextFields)
{
    private static readonly PanModel Parameter = Leaf("Parameter", "id:number name value:any unit");
    private static readonly PanModel File = Leaf("File", "id:number name path size:number", "name");
    private static readonly PanModel Sample = Leaf("Sample", "pid name description", "name", "description");
    private static readonly PanModel Technique = Leaf("Technique", "pid name panetId", "name");
    private static readonly PanModel Person = Leaf("Person", "id fullName orcid researcherId firstName lastName");
    private static readonly PanModel Affiliation = Leaf("Affiliation", "id:number name address city country");

    private static readonly PanModel Member = Leaf("Member", "id:number role") with
    {
        Relations = new Dictionary<string, (PanModel, bool)> { ["person"] = (Person, false), ["affiliation"] = (Affiliation, false) },
    };

    public static PanModel Instrument { get; } = Leaf("Instrument", "pid name facility score:number", "name", "facility");

    public static PanModel Dataset { get; } = Leaf(
        "Dataset", "pid title isPublic:flag size:number creationDate:date score:number", "title") with
    {
        Relations = new Dictionary<string, (PanModel, bool)>
        {
            ["instrument"] = (Instrument, false),
            ["parameters"] = (Parameter, true),
            ["files"] = (File, true),
            ["samples"] = (Sample, true),
            ["techniques"] = (Technique, true),
        },
    };

    public static PanModel Document { get; } = Leaf(
        "Document",
        "pid isPublic:flag type title summary doi startDate:date endDate:date releaseDate:date license keywords score:number",
        "title", "summary") with
    {
        Relations = new Dictionary<string, (PanModel, bool)>
        {
            ["members"] = (Member, true),
            ["datasets"] = (Dataset, true),
            ["parameters"] = (Parameter, true),
        },
    };

    /// <param name="properties">Names with the kinds of those that are no texts.</param>
    private static PanModel Leaf(string name, string properties, params string[] text) => new(
        name,
        properties.Split(' ').Select(static one => one.Split(':')).ToDictionary(
            static one => one[0], static one => one.Length == 1 ? PanKind.Text : Enum.Parse<PanKind>(one[1], ignoreCase: true)),
        new Dictionary<string, (PanModel, bool)>(), text);
}

public enum PanKind
{
    Text,
    Number,
    Flag,
    Date,

    /// <summary>A number or a text.</summary>
    Any,
}
