using Hutch.Publishing.Citations;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Pages;

/// <summary>A page of the list of publications: all, the newest first, or those that a search finds.</summary>
/// <param name="Address">The address of the list, without a query.</param>
/// <param name="Query">The search; empty for all.</param>
/// <param name="Next">The address of the next page; null on the last one.</param>
/// <param name="Feed">The address of the same list as an Atom feed.</param>
public sealed record ListPage(
    string Title, string Address, string Query, IReadOnlyList<PublishedWork> Works, string? Next, string Feed)
{
    public const int MaxQueryCharacters = 1000;

    /// <summary>The fields whose values narrow the search.</summary>
    public IReadOnlyList<ListFacet> Facets { get; init; } = [];

    /// <summary>Sentences about the search; empty for none.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public byte[] Write()
    {
        var html = new HtmlText();
        PageFrame.Begin(html, Title, null);
        html.Add($"<link rel=\"alternate\" type=\"application/atom+xml\" href=\"{Feed}\"></head><body><main><h1>{Title}</h1>")
            .Add($"<form class=\"search\" role=\"search\" action=\"{Address}\"><input type=\"search\" name=\"q\" value=\"{Query}\" ")
            .Add($"maxlength=\"{WorkText.Number(MaxQueryCharacters)}\" aria-label=\"Search the publications\">")
            .AddConstant("<button>Search</button></form>");
        foreach (string note in Notes)
        {
            html.Add($"<p class=\"note\">{note}</p>");
        }

        html.AddConstant("<div class=\"columns\"><div>");
        Entries(html);
        html.AddConstant("</div><aside>");
        foreach (ListFacet facet in Facets)
        {
            html.Add($"<h2>{facet.Title}</h2><ul class=\"authors\">");
            foreach (ListFacetValue value in facet.Values)
            {
                html.Add($"<li><a href=\"{value.Address}\" rel=\"nofollow\">{value.Shown}</a> <span class=\"soft\">")
                    .Add($"{WorkText.Number(value.Works)}</span></li>");
            }

            html.AddConstant("</ul>");
        }

        html.Add($"</aside></div><footer><a href=\"{Feed}\">Atom feed</a></footer>");
        PageFrame.End(html);
        return Encoding.UTF8.GetBytes(html.ToString());
    }

    private void Entries(HtmlText html)
    {
        if (Works.Count == 0)
        {
            html.AddConstant(Query.Length == 0 ? "<p>There are none.</p>" : "<p>The search finds none.</p>");
        }

        foreach (PublishedWork work in Works)
        {
            html.Add($"<h2><a href=\"{work.Addresses.Page}\">{work.Title}</a></h2><p class=\"soft\">{Citation.Text(work)}</p>");
        }

        if (Next is not null)
        {
            html.Add($"<p><a href=\"{Next}\" rel=\"next\">Older publications</a></p>");
        }
    }
}

/// <param name="Values">The most frequent values.</param>
public sealed record ListFacet(string Title, IReadOnlyList<ListFacetValue> Values);

/// <param name="Works">The number of publications with the value.</param>
/// <param name="Address">The address of the list that the value narrows.</param>
public sealed record ListFacetValue(string Shown, int Works, string Address);
