using Hutch.Publishing.Identifiers;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Metadata;

/// <summary>A publication as a detached RO-Crate 1.2: its files stay at their addresses.</summary>
public static class RoCrate
{
    /// <summary>The name of the document's file in an attached crate, and its id in every crate.</summary>
    public const string FileName = "ro-crate-metadata.json";

    internal const string Context = Version + "/context";

    private const string Version = "https://w3id.org/ro/crate/1.2";

    public static JsonObject Write(PublishedWork work)
    {
        var graph = new CrateGraph();
        Begin(graph, work.Identifier);
        JsonObject root = Describe(graph, work, work.Identifier);
        if (work.Files is { } files)
        {
            root["hasPart"] = Links(files.Select(file => File(graph, file)));
            root["distribution"] = Link(graph.Add(
                work.Addresses.Archive, "DataDownload", ("name", "All files in one archive"), ("encodingFormat", "application/zip")));
        }

        return new JsonObject { ["@context"] = Context, ["@graph"] = new JsonArray([.. graph.Entities]) };
    }

    /// <summary>Adds the entity of the document itself.</summary>
    internal static void Begin(CrateGraph graph, string root) =>
        graph.Add(FileName, "CreativeWork", ("conformsTo", Link(Version)), ("about", Link(root)));

    internal static JsonObject Describe(CrateGraph graph, PublishedWork work, string id)
    {
        JsonObject root = graph.Add(
            id, "Dataset",
            ("name", work.Title),
            ("description", work.Description.Abstract),
            ("datePublished", WorkText.Date(work.Version.PublishedAt)),
            ("dateModified", WorkText.Date(work.ChangedAt)),
            ("version", WorkText.Number(work.Version.Number)),
            ("identifier", work.Identifier),
            ("url", work.Addresses.Page),
            ("keywords", work.Description.Keywords.Count == 0 ? null : string.Join(", ", work.Description.Keywords)),
            ("inLanguage", work.Description.Language),
            ("conditionsOfAccess", work.Access.CoarAddress));
        root["author"] = Links(work.Description.Authors.Select((author, index) => Author(graph, author, index)));
        root["publisher"] = Link(graph.Add("#publisher", "Organization", ("name", work.Description.Publisher)));
        if (work.LicenseAddress is { } license)
        {
            root["license"] = Link(graph.Add(license, "CreativeWork", ("name", work.Description.License)));
        }

        if (work.Techniques.Count > 0)
        {
            root["measurementTechnique"] = Links(work.Techniques.Select(term => graph.Add(
                term.Address, "DefinedTerm", ("name", term.Label), ("inDefinedTermSet", term.SchemeAddress))));
        }

        if (work.Description.Funding.Count > 0)
        {
            root["funder"] = Links(work.Description.Funding.Select((funding, index) => Funder(graph, funding, index)));
        }

        if (work.Description.Related.Count > 0)
        {
            root["mentions"] = Links(work.Description.Related.Select(related => Related(graph, related)));
        }

        return root;
    }

    private static JsonObject Author(CrateGraph graph, PublicationAuthor author, int index)
    {
        string local = "#author-" + WorkText.Number(index + 1);
        string id = Orcid.Parse(author.Orcid) is { } orcid ? Orcid.Address(orcid) : local;
        JsonObject person = author.IsOrganisation
            ? graph.Add(id, "Organization", ("name", author.Name))
            : graph.Add(
                id, "Person", ("name", AuthorName.Straight(author)), ("givenName", author.Given), ("familyName", author.Name));
        if (author.Affiliations.Count > 0)
        {
            person["affiliation"] = Links(author.Affiliations.Select((one, at) => graph.Add(
                Ror.Parse(one.Ror) ?? $"{local}-affiliation-{WorkText.Number(at + 1)}", "Organization", ("name", one.Name))));
        }

        return person;
    }

    private static JsonObject Funder(CrateGraph graph, PublicationFunding funding, int index) => graph.Add(
        Ror.Parse(funding.Ror) ?? "#funder-" + WorkText.Number(index + 1), "Organization", ("name", funding.Funder));

    private static JsonObject Related(CrateGraph graph, RelatedWork related) => graph.Add(
        WebAddress.OfWork(related.Identifier) ?? related.Identifier ?? "", "CreativeWork", ("name", related.Identifier));

    private static JsonObject File(CrateGraph graph, WorkFile file) => graph.Add(
        file.Address, "File", ("name", file.Path), ("contentSize", WorkText.Number(file.Size)), ("encodingFormat", file.MediaType),
        ("sha256", file.Hash.ToString()));

    private static JsonObject Link(string id) => new() { ["@id"] = id };

    private static JsonObject Link(JsonObject entity) => Link((string)entity["@id"]!);

    private static JsonArray Links(IEnumerable<JsonObject> entities) =>
        new([.. entities.Select(static entity => (string)entity["@id"]!).Distinct().Select(static id => Link(id))]);
}
