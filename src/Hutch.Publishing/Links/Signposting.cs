using Hutch.Publishing.Formats;
using Hutch.Publishing.Identifiers;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Links;

/// <summary>Links for machines (signposting.org/FAIR): in the header of the page if they are few, and all of them in a link set.</summary>
public static class Signposting
{
    public const string MediaType = "application/linkset+json";

    public const string FormatName = "linkset";

    /// <summary>Proxies, nginx among them, accept 4 KiB of all headers together.</summary>
    private const int MaxHeaderBytes = 2800;

    private const int MaxItemsInHeader = 10;

    public static string AddressAt(string page) => $"{page}?format={FormatName}";

    public static string Header(PublishedWork work)
    {
        var header = new StringBuilder();
        string page = work.Addresses.Page;
        Append(header, AddressAt(page), "linkset", MediaType);
        List<Link> links = Links(work);
        bool areFewItems = links.Count(static link => link.Relation == "item") <= MaxItemsInHeader;
        foreach (Link link in links.Where(link => areFewItems || link.Relation != "item"))
        {
            Append(header, link.Target, link.Relation, link.Type);
        }

        return header.ToString();
    }

    /// <summary>All links, in the format of RFC 9264.</summary>
    public static JsonObject Write(PublishedWork work)
    {
        string page = work.Addresses.Page;
        var anchors = new JsonArray(Anchor(page, Links(work)));
        foreach (WorkFile file in work.IsWithdrawn ? [] : work.Files ?? [])
        {
            anchors.Add(Anchor(file.Address, [new Link("collection", page, "text/html")]));
        }

        foreach (WorkFormat format in WorkFormat.All)
        {
            anchors.Add(Anchor(format.AddressAt(page), [new Link("describes", page, "text/html")]));
        }

        return new JsonObject { ["linkset"] = anchors };
    }

    private static List<Link> Links(PublishedWork work)
    {
        List<Link> links =
        [
            new("cite-as", work.Identifier, null),
            new("type", "https://schema.org/Dataset", null),
            new("type", "https://schema.org/AboutPage", null),
        ];
        links.AddRange(work.Description.Authors.Select(static author => Orcid.Parse(author.Orcid)).OfType<string>()
            .Select(static id => new Link("author", Orcid.Address(id), null)));
        if (work.LicenseAddress is { } license)
        {
            links.Add(new Link("license", license, null));
        }

        links.AddRange(WorkFormat.All.Select(format => new Link("describedby", format.AddressAt(work.Addresses.Page), format.MediaType)));
        links.Add(new Link("collection", work.Addresses.Series, "text/html"));
        if (work is { IsWithdrawn: false, Files: { } files })
        {
            links.AddRange(files.Select(static file => new Link("item", file.Address, file.MediaType)));
        }

        return links;
    }

    private static void Append(StringBuilder header, string target, string relation, string? type)
    {
        string link = $"<{target}>; rel=\"{relation}\"{(type is null ? "" : $"; type=\"{type}\"")}";
        if (header.Length + link.Length + 2 <= MaxHeaderBytes && link.All(char.IsAscii))
        {
            header.Append(header.Length == 0 ? "" : ", ").Append(link);
        }
    }

    private static JsonObject Anchor(string anchor, IReadOnlyList<Link> links)
    {
        var context = new JsonObject { ["anchor"] = anchor };
        foreach (IGrouping<string, Link> same in links.GroupBy(static link => link.Relation))
        {
            context[same.Key] = new JsonArray([.. same.Select(static link => Target(link))]);
        }

        return context;
    }

    private static JsonObject Target(Link link) => link.Type is null
        ? new JsonObject { ["href"] = link.Target }
        : new JsonObject { ["href"] = link.Target, ["type"] = link.Type };

    private sealed record Link(string Relation, string Target, string? Type);
}
