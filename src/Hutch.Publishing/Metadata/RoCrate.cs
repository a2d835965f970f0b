using System.Text.Json.Nodes;
using Hutch.Model.Publications;
using Hutch.Publishing.Identifiers;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Metadata;

/// <summary>A publication as a detached RO-Crate 1.2: its files stay where they are, under their addresses.</summary>
public static class RoCrate
{
    private const string Version = "https://w3id.org/ro/crate/1.2";

    public static JsonObject Write(PublishedWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var graph = new Graph();
        graph.Add("ro-crate-metadata.json", "CreativeWork", ("conformsTo", Link(Version)), ("about", Link(work.Identifier)));
        JsonObject root = graph.Add(
            work.Identifier, "Dataset",
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

        if (work.Description.Funding.Count > 0)
        {
            root["funder"] = Links(work.Description.Funding.Select((funding, index) => Funder(graph, funding, index)));
        }

        if (work.Description.Related.Count > 0)
        {
            root["mentions"] = Links(work.Description.Related.Select(related => Related(graph, related)));
        }

        if (work.Files is { } files)
        {
            root["hasPart"] = Links(files.Select(file => File(graph, file)));
            root["distribution"] = Link(graph.Add(
                work.Addresses.Archive, "DataDownload", ("name", "All files in one archive"), ("encodingFormat", "application/zip")));
        }

        return new JsonObject { ["@context"] = Version + "/context", ["@graph"] = graph.Entities };
    }

    private static JsonObject Author(Graph graph, PublicationAuthor author, int index)
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

    private static JsonObject Funder(Graph graph, PublicationFunding funding, int index) => graph.Add(
        Ror.Parse(funding.Ror) ?? "#funder-" + WorkText.Number(index + 1), "Organization", ("name", funding.Funder));

    private static JsonObject Related(Graph graph, RelatedWork related) => graph.Add(
        WebAddress.OfWork(related.Identifier) ?? related.Identifier ?? "", "CreativeWork", ("name", related.Identifier));

    private static JsonObject File(Graph graph, WorkFile file) => graph.Add(
        file.Address, "File", ("name", file.Path), ("contentSize", WorkText.Number(file.Size)), ("encodingFormat", file.MediaType),
        ("sha256", file.Hash.ToString()));

    private static JsonObject Link(string id) => new() { ["@id"] = id };

    private static JsonObject Link(JsonObject entity) => Link((string)entity["@id"]!);

    private static JsonArray Links(IEnumerable<JsonObject> entities) =>
        new([.. entities.Select(static entity => (string)entity["@id"]!).Distinct().Select(static id => Link(id))]);

    /// <summary>Entities, each once.</summary>
    private sealed class Graph
    {
        private readonly Dictionary<string, JsonObject> _known = new(StringComparer.Ordinal);

        public JsonArray Entities { get; } = [];

        public JsonObject Add(string id, string type, params ReadOnlySpan<(string Name, JsonNode? Value)> properties)
        {
            if (_known.TryGetValue(id, out JsonObject? known))
            {
                return known;
            }

            var entity = new JsonObject { ["@id"] = id, ["@type"] = type };
            foreach ((string name, JsonNode? value) in properties)
            {
                if (value is not null)
                {
                    entity[name] = value;
                }
            }

            _known.Add(id, entity);
            Entities.Add(entity);
            return entity;
        }
    }
}
