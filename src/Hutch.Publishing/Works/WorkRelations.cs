using Hutch.Model.Publications;

namespace Hutch.Publishing.Works;

/// <summary>How versions of a work are related to each other and to the work, in DataCite's words; beside what its authors say.</summary>
public static class WorkRelations
{
    /// <summary>What a version is to the work, to the version before and to the one after it.</summary>
    public static IEnumerable<RelatedWork> Of(PublishedWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        int at = work.Versions.Select(static one => one.Dataset).ToList().IndexOf(work.Dataset);
        if (work.SeriesDoi is not null)
        {
            yield return Relation("IsVersionOf", work.SeriesIdentifier);
        }

        if (at > 0)
        {
            yield return Relation("IsNewVersionOf", work.Versions[at - 1].Identifier);
        }

        if (at >= 0 && at < work.Versions.Count - 1)
        {
            yield return Relation("IsPreviousVersionOf", work.Versions[at + 1].Identifier);
        }
    }

    /// <summary>Which versions a work has.</summary>
    public static IEnumerable<RelatedWork> OfSeries(PublishedWork newest)
    {
        ArgumentNullException.ThrowIfNull(newest);
        return newest.Versions.Select(static version => Relation("HasVersion", version.Identifier));
    }

    private static RelatedWork Relation(string relation, string address) =>
        new() { Relation = relation, Identifier = Identifiers.Doi.Parse(address) ?? address };
}
