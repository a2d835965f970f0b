namespace Hutch.Publishing.Works;

/// <summary>
/// Relations of a work's versions to each other and to the work, in DataCite's vocabulary. Relations by its authors are separate.
/// </summary>
public static class WorkRelations
{
    /// <summary>The relations of a version to the work and to the versions before and after it.</summary>
    public static IEnumerable<RelatedWork> List(PublishedWork work)
    {
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

    public static IEnumerable<RelatedWork> OfSeries(PublishedWork newest)
    {
        return newest.Versions.Select(static version => Relation("HasVersion", version.Identifier));
    }

    private static RelatedWork Relation(string relation, string address) =>
        new() { Relation = relation, Identifier = Identifiers.Doi.Parse(address) ?? address };
}
