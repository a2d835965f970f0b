using Hutch.Publishing.Works;

namespace Hutch.Publishing.Citations;

/// <summary>A publication in one sentence, as DataCite recommends: authors, year, title, version, publisher, kind, identifier.</summary>
public static class Citation
{
    private const int MostNamed = 20;

    public static string Text(PublishedWork work)
    {
        IEnumerable<string> named = work.Description.Authors.Take(MostNamed).Select(AuthorName.WithInitials);
        string authors = string.Join("; ", named) + (work.Description.Authors.Count > MostNamed ? "; et al." : "");
        return $"{authors} ({WorkText.Number(work.Year)}): {work.Title}. Version {WorkText.Number(work.Version.Number)}. "
            + $"{work.Description.Publisher}. Dataset. {work.Identifier}";
    }
}
