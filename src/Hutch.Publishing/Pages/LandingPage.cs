using Hutch.Publishing.Citations;
using Hutch.Publishing.Formats;
using Hutch.Publishing.Identifiers;
using Hutch.Publishing.Links;
using Hutch.Publishing.Metadata;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Pages;

/// <summary>The landing page of a publication: complete HTML without scripts or cookies. Only the picture is another request.</summary>
public static class LandingPage
{
    /// <summary>The most files that the page lists; the link set and the JSON-LD list more.</summary>
    private const int MostFilesShown = 200;

    /// <summary>The most attributes of the metadata that the page lists.</summary>
    private const int MostFactsShown = 60;

    /// <summary>The files that are in sight; the rest, and their hashes, need a click.</summary>
    private const int FilesInSight = 10;

    public static byte[] Write(PublishedWork work)
    {
        var html = new HtmlText();
        Head(html, work);
        html.AddConstant("<p class=\"kind\"><span class=\"badge\">Dataset</span>")
            .Add($"<span class=\"badge\">Version {WorkText.Number(work.Version.Number)}</span>")
            .Add($"<span class=\"badge\">{Capital(AccessWords(work))}</span></p><h1>{work.Title}</h1>");
        Authors(html, work);
        Notes(html, work);
        html.AddConstant("<div class=\"columns\"><div>")
            .Add($"<h2>How to cite</h2><p class=\"card\">{Citation.Text(work)}</p><p class=\"soft\">Get the citation as ");
        Formats(html, work, isCitation: true);
        html.AddConstant("</p>");
        if (!work.IsWithdrawn)
        {
            html.Add($"<h2>Abstract</h2><p class=\"abstract\">{work.Description.Abstract}</p>");
            Facts(html, work);
            Files(html, work);
        }

        html.AddConstant("</div><aside>");
        Logo(html, work);
        Picture(html, work);
        Details(html, work);
        Versions(html, work);
        html.AddConstant("</aside></div>");
        Foot(html, work);
        return Encoding.UTF8.GetBytes(html.ToString());
    }

    private static void Head(HtmlText html, PublishedWork work)
    {
        PageFrame.Begin(html, (work.IsWithdrawn ? "Withdrawn: " : "") + work.Title, work.Description.Language);
        html.Add($"<link rel=\"canonical\" href=\"{work.Addresses.Page}\">")
            .Add($"<link rel=\"cite-as\" href=\"{work.Identifier}\">")
            .Add($"<link rel=\"linkset\" type=\"{Signposting.MediaType}\" href=\"{Signposting.AddressAt(work.Addresses.Page)}\">");
        foreach (WorkFormat format in WorkFormat.All)
        {
            html.Add($"<link rel=\"describedby\" type=\"{format.MediaType}\" href=\"{format.AddressAt(work.Addresses.Page)}\">");
        }

        html.Add($"<meta name=\"DC.identifier\" content=\"{work.Identifier}\"><meta name=\"DC.title\" content=\"{work.Title}\">")
            .Add($"<meta name=\"DC.type\" content=\"Dataset\"><meta name=\"DC.publisher\" content=\"{work.Description.Publisher}\">")
            .Add($"<meta name=\"DC.date\" content=\"{WorkText.Date(work.Version.PublishedAt)}\">")
            .Add($"<meta name=\"DC.rights\" content=\"{work.LicenseAddress}\">")
            .Add($"<meta name=\"description\" content=\"{Brief(work.Description.Abstract)}\">");
        foreach (PublicationAuthor author in work.Description.Authors)
        {
            html.Add($"<meta name=\"DC.creator\" content=\"{AuthorName.Inverted(author)}\">");
        }

        // The encoder of JSON leaves no angle bracket, so that nothing in it ends the element. It is data: no browser runs it.
        html.AddConstant("<script type=\"application/ld+json\">")
            .AddConstant(JsonSerializer.Serialize(SchemaOrg.Write(work), EmbeddedJson.Default.JsonObject))
            .AddConstant("</script></head><body><main>");
    }

    private static void Authors(HtmlText html, PublishedWork work)
    {
        html.AddConstant("<ul class=\"authors\">");
        foreach (PublicationAuthor author in work.Description.Authors)
        {
            html.Add($"<li>{AuthorName.Straight(author)}");
            if (Orcid.Parse(author.Orcid) is { } orcid)
            {
                html.Add($" <a class=\"soft\" href=\"{Orcid.Address(orcid)}\">ORCID {orcid}</a>");
            }

            foreach (PublicationAffiliation affiliation in author.Affiliations)
            {
                html.AddConstant("<br><span class=\"soft\">");
                Linked(html, affiliation.Name ?? "", Ror.Parse(affiliation.Ror));
                html.AddConstant("</span>");
            }

            html.AddConstant("</li>");
        }

        html.AddConstant("</ul>");
    }

    private static void Notes(HtmlText html, PublishedWork work)
    {
        if (work.WithdrawnAt is { } withdrawn)
        {
            html.Add($"<div class=\"note\"><strong>This dataset was withdrawn on {WorkText.Date(withdrawn)}.</strong> ")
                .Add($"{work.WithdrawnWhy}</div>");
        }
        else if (work.Access is { Kind: WorkAccessKind.Embargoed, OpensAt: { } opens })
        {
            html.Add($"<div class=\"note\">The files are under embargo. Everybody can download them from ")
                .Add($"<strong>{WorkText.Date(opens)}</strong>.</div>");
        }
        else if (work.Access.Kind == WorkAccessKind.Restricted)
        {
            html.AddConstant("<div class=\"note\">The files are not open to everybody. Ask the authors for access.</div>");
        }
        else if (work.Access.Kind == WorkAccessKind.MetadataOnly)
        {
            html.AddConstant("<div class=\"note\">The files of this dataset were deleted; only this page is left.</div>");
        }

        if (work.Newer is { } newer)
        {
            html.Add($"<div class=\"note\">There is a newer version: ")
                .Add($"<a href=\"{newer.Page}\">version {WorkText.Number(newer.Number)}</a>.</div>");
        }
    }

    /// <summary>The logo of the facility, which leads to the first page of its portal.</summary>
    private static void Logo(HtmlText html, PublishedWork work)
    {
        if (work.Addresses is { Logo: { } logo, Home: { } home })
        {
            html.Add($"<p class=\"logo\"><a href=\"{home}\"><img src=\"{logo}\" alt=\"Home page of this archive\"></a></p>");
        }
    }

    private static void Facts(HtmlText html, PublishedWork work)
    {
        if (work.Facts.Count == 0)
        {
            return;
        }

        html.AddConstant("<h2>Metadata</h2><table><tbody>");
        foreach (WorkFact fact in work.Facts.Take(MostFactsShown))
        {
            html.Add($"<tr><th scope=\"row\">{fact.Title}</th><td>{Brief(fact.Text)}</td></tr>");
        }

        html.AddConstant("</tbody></table>");
        if (work.Facts.Count > MostFactsShown)
        {
            html.Add($"<p class=\"soft\">These are the first {WorkText.Number(MostFactsShown)}; the portal has all.</p>");
        }
    }

    private static void Files(HtmlText html, PublishedWork work)
    {
        PublishedData data = work.Version.Data;
        html.Add($"<h2>Files</h2><p>{Count(data.Files, "file")}, {Display.Bytes(data.Bytes)}</p>");
        if (work.Files is null)
        {
            return;
        }

        html.Add($"<p><a href=\"{work.Addresses.Archive}\">Download all as ZIP</a> · ")
            .Add($"<a href=\"{work.Addresses.Portal}\">Look into the files</a> · ")
            .Add($"<a href=\"{work.Addresses.Files}\">List of the files as JSON</a></p>");
        Table(html, work.Files.Take(FilesInSight), withHashes: false);
        int shown = Math.Min(MostFilesShown, work.Files.Count);
        html.Add($"<details><summary>{Count(shown, "file")} with SHA-256</summary>");
        Table(html, work.Files.Take(MostFilesShown), withHashes: true);
        if (work.HasMoreFiles || work.Files.Count > MostFilesShown)
        {
            html.Add($"<p class=\"soft\">These are the first {WorkText.Number(shown)}; the list has all.</p>");
        }

        html.AddConstant("</details>");
    }

    private static void Table(HtmlText html, IEnumerable<WorkFile> files, bool withHashes)
    {
        html.Add($"<table><thead><tr><th>Name{(withHashes ? " and SHA-256" : "")}</th>")
            .AddConstant("<th class=\"size\">Size</th></tr></thead><tbody>");
        foreach (WorkFile file in files)
        {
            html.Add($"<tr><td><a href=\"{file.Address}\">{file.Path}</a>");
            if (withHashes)
            {
                html.Add($"<br><code>{file.Hash.ToString()}</code>");
            }

            html.Add($"</td><td class=\"size\">{Display.Bytes(file.Size)}</td></tr>");
        }

        html.AddConstant("</tbody></table>");
    }

    /// <summary>A picture of the data, which leads to the frames in the portal if there are any.</summary>
    private static void Picture(HtmlText html, PublishedWork work)
    {
        if (work.IsWithdrawn || work.Addresses.Picture is not { } picture)
        {
            return;
        }

        html.Add($"<p class=\"picture\"><a href=\"{work.Addresses.Frames ?? work.Addresses.Portal}\">")
            .Add($"<img src=\"{picture}\" alt=\"\">")
            .AddConstant(work.Addresses.Frames is null ? "Open in the portal</a></p>" : "Open in the frame viewer</a></p>");
    }

    private static void Details(HtmlText html, PublishedWork work)
    {
        PublicationDescription description = work.Description;
        html.AddConstant("<h2>Details</h2><dl>");
        html.Add($"<dt>Identifier</dt><dd><a href=\"{work.Identifier}\">{work.Identifier}</a></dd>");
        if (work.PendingDoi is { } pending)
        {
            html.Add($"<dt>DOI</dt><dd>{pending} <span class=\"soft\">is being registered; until then cite this address</span></dd>");
        }

        if (work.SeriesDoi is not null)
        {
            html.Add($"<dt>All versions</dt><dd><a href=\"{work.SeriesIdentifier}\">{work.SeriesIdentifier}</a></dd>");
        }

        html.Add($"<dt>Published</dt><dd>{WorkText.Date(work.Version.PublishedAt)} by {description.Publisher}</dd>")
            .AddConstant("<dt>Licence</dt><dd>");
        Linked(html, description.License ?? "", work.LicenseAddress);
        html.Add($"</dd><dt>Access</dt><dd><a href=\"{work.Access.CoarAddress}\">{Capital(AccessWords(work))}</a></dd>");
        if (description.Keywords.Count > 0)
        {
            html.Add($"<dt>Keywords</dt><dd>{string.Join(", ", description.Keywords)}</dd>");
        }

        foreach (WorkTerm technique in work.Techniques)
        {
            html.AddConstant("<dt>Technique</dt><dd>");
            Linked(html, technique.Label, technique.Address);
            html.AddConstant("</dd>");
        }

        foreach (PublicationFunding funding in description.Funding)
        {
            html.AddConstant("<dt>Funding</dt><dd>");
            Linked(html, funding.Funder ?? "", Ror.Parse(funding.Ror));
            html.Add($"{(funding.Award is null ? "" : ", grant " + funding.Award)}")
                .Add($"{(funding.Title is null ? "" : ", " + funding.Title)}</dd>");
        }

        foreach (RelatedWork related in description.Related)
        {
            html.Add($"<dt>{Words(related.Relation ?? "")}</dt><dd>");
            Linked(html, related.Identifier ?? "", WebAddress.OfWork(related.Identifier));
            html.AddConstant("</dd>");
        }

        html.Add($"<dt>Tree</dt><dd><code>{work.Version.Data.Root.ToString()}</code></dd></dl>");
    }

    private static void Versions(HtmlText html, PublishedWork work)
    {
        if (work.Versions.Count > 1)
        {
            html.AddConstant("<h2>Versions</h2>");
            PageFrame.Versions(html, work.Versions, work.Dataset);
        }
    }

    private static void Foot(HtmlText html, PublishedWork work)
    {
        html.AddConstant("<footer>For programs: ");
        Formats(html, work, isCitation: false);
        html.Add($" · <a href=\"{work.Addresses.Series}\">All versions</a>");
        if (work.Addresses.Home is { } home)
        {
            html.Add($" · <a href=\"{home}\">Home page of this archive</a>");
        }

        html.AddConstant("</footer>");
        PageFrame.End(html);
    }

    private static void Formats(HtmlText html, PublishedWork work, bool isCitation)
    {
        string between = "";
        foreach (WorkFormat format in WorkFormat.All.Where(format => format.IsCitation == isCitation))
        {
            html.AddConstant(between).Add($"<a href=\"{format.AddressAt(work.Addresses.Page)}\">{format.Label}</a>");
            between = " · ";
        }
    }

    private static void Linked(HtmlText html, string text, string? address)
    {
        if (address is null)
        {
            html.Add($"{text}");
        }
        else
        {
            html.Add($"<a href=\"{address}\">{text}</a>");
        }
    }

    private static string AccessWords(PublishedWork work) => work.IsWithdrawn ? "withdrawn" : work.Access.Words;

    private static string Count(long number, string what) => $"{WorkText.Number(number)} {what}{(number == 1 ? "" : "s")}";

    /// <summary><c>IsSupplementTo</c> as <c>Is supplement to</c>.</summary>
    private static string Words(string relation) => string.Concat(relation.Select(static (one, index) =>
        index > 0 && char.IsAsciiLetterUpper(one) ? $" {char.ToLowerInvariant(one)}" : one.ToString()));

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static string Brief(string? text) => text is { Length: > 300 } ? text[..297] + "..." : text ?? "";
}
