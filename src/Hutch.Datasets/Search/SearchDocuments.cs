using Hutch.Catalog.Search;
using Hutch.Datasets.Lineage;
using Hutch.Model.Search;
using Hutch.Zone.Changes;

namespace Hutch.Datasets.Search;

/// <summary>
/// Puts datasets into the index: from the records of this site where it has some. At the zone, also those at home elsewhere, from what
/// their homes report: the summary, and the card if the home gives one.
/// </summary>
/// <remarks>Used inside the exclusive transactions of the index.</remarks>
internal sealed class SearchDocuments(SiteDatabase site, ZoneChanges zone, SummaryRegistry summaries, TimeProvider time)
{
    private readonly HashSet<DatasetId> _ended = [];

    /// <summary>Puts datasets, or removes those that are not to be found any more.</summary>
    public async Task PutAsync(SearchWriter writer, IReadOnlyCollection<DatasetId> datasets, TypeCatalog types, CancellationToken ct)
    {
        Dictionary<DatasetId, SiteDataset> here = (await site.ReadAsync(
            queries => queries.Datasets([.. datasets]).Select(dataset => FollowedParents.Read(queries, dataset).Dataset).ToArray(), ct))
            .ToDictionary(static dataset => dataset.Id);
        Dictionary<DatasetId, string?> documents = await site.ReadAsync(
            queries => here.Values.ToDictionary(dataset => dataset.Id, dataset => queries.Metadata(dataset.Key)?.Document), ct);
        Dictionary<DatasetId, SharedName> names = await zone.NamesAsync(datasets, ct);
        DatasetId[] elsewhere = zone.IsView
            ? []
            : [.. names.Values.Select(static shared => shared.Name).Where(IsElsewhere).Select(static name => name.Dataset)];
        Dictionary<DatasetId, DatasetSummary> reported = elsewhere.Length == 0
            ? []
            : (await summaries.FindAsync(elsewhere, ct)).ToDictionary(static one => one.Dataset);
        DateTimeOffset now = time.GetUtcNow();

        // In the order of their creation, so that new ones get higher keys. Several are created within a millisecond.
        IEnumerable<DatasetId> ordered = datasets.Distinct()
            .OrderBy(one => names.GetValueOrDefault(one)?.Name.CreatedAt ?? now)
            .ThenBy(one => here.GetValueOrDefault(one)?.Key ?? long.MaxValue);
        foreach (DatasetId dataset in ordered)
        {
            SharedName? shared = names.GetValueOrDefault(dataset);
            SearchDocument? document = null;
            if (shared is not null && here.GetValueOrDefault(dataset) is { TrashedUntil: null, Ended: null } record)
            {
                document = Describe(writer, shared, record, documents[dataset], types, now);
            }
            else if (shared is not null && reported.GetValueOrDefault(dataset) is { } summary
                && SummarizedDataset.RecordOf(shared.Name, summary) is { TrashedUntil: null, Ended: null } remote)
            {
                SearchCard? card = writer.FindCard(dataset);
                document = Describe(writer, shared, remote, card?.Document, types, now) with { Tree = null, Files = card?.Files ?? "" };
            }

            if (document is not null)
            {
                writer.Put(document);
            }
            else
            {
                Remove(writer, dataset, isGone: shared?.Name.Home.TrashedUntil is null);
            }

            PutPublication(writer, dataset, shared, document, now);
        }

        bool IsElsewhere(NameRecord name) => name.Home.SiteId != zone.SiteId
            && here.GetValueOrDefault(name.Dataset) is not { TrashedUntil: null, Ended: null };
    }

    /// <summary>Puts those that are in the index already: the others come with a change, or with a filling that is under way.</summary>
    public Task PutAgainAsync(SearchWriter writer, IReadOnlyCollection<DatasetId> datasets, TypeCatalog types, CancellationToken ct) =>
        PutAsync(writer, [.. datasets.Where(one => writer.Find(one) is not null)], types, ct);

    /// <summary>Returns those of some datasets whose home is a site: it is believed about these only.</summary>
    public async Task<HashSet<DatasetId>> OfHomeAsync(string siteId, IReadOnlyCollection<DatasetId> datasets, CancellationToken ct) =>
    [
        .. (await zone.NamesAsync(datasets, ct)).Values.Where(shared => shared.Name.Home.SiteId == siteId)
            .Select(static shared => shared.Name.Dataset),
    ];

    /// <summary>The datasets elsewhere that have ended, and whose words may still be in the file.</summary>
    public IReadOnlyCollection<DatasetId> Ended
    {
        get
        {
            lock (_ended)
            {
                return [.. _ended];
            }
        }
    }

    /// <summary>Forgets datasets whose words are in the file no more.</summary>
    public void Forget(IEnumerable<DatasetId> ended)
    {
        lock (_ended)
        {
            _ended.ExceptWith(ended);
        }
    }

    private void Remove(SearchWriter writer, DatasetId dataset, bool isGone)
    {
        writer.Remove(dataset);
        if (!isGone || writer.FindCard(dataset) is null)
        {
            return;
        }

        writer.RemoveCard(dataset);
        lock (_ended)
        {
            _ = _ended.Add(dataset);
        }
    }

    /// <summary>
    /// Puts the publication beside its dataset: callers without a right to the dataset find it. Its page remains after its files are gone.
    /// Only the zone has publications.
    /// </summary>
    /// <param name="document">The dataset; null for one that is not to be found.</param>
    private void PutPublication(SearchWriter writer, DatasetId dataset, SharedName? shared, SearchDocument? document, DateTimeOffset now)
    {
        if (shared?.Publication is not { } publication || zone.IsView)
        {
            writer.Remove(dataset, isPublication: true);
            return;
        }

        // The text and facts of a public dataset are public, too.
        SearchDocument? known = shared.Name.Visibility.At(now) == Rights.None ? null : document;
        string title = publication.Description.Title ?? "";
        writer.Put(new SearchDocument(
            writer.KeyOf(dataset, isPublication: true), dataset, title,
            known?.Text ?? SearchText.Collect(title, null, "", null, publication),
            DatasetAudience.OfPublication(shared, document is not null, now))
        {
            IsPublication = true,
            Types = known?.Types ?? [],
            Facts = known?.Facts ?? PublicationFacts.Collect(publication, shared.Name.Visibility, now),
            Due = DatasetAudience.NextChange(shared, now),
        });
    }

    private static SearchDocument Describe(
        SearchWriter writer, SharedName shared, SiteDataset dataset, string? document, TypeCatalog types, DateTimeOffset now)
    {
        document = VisitMetadata.AddTo(document, shared.Visit);
        string name = shared.Name.FullName;
        string text = SearchText.Collect(name, dataset.Title, dataset.Type, document, shared.Publication);
        return new SearchDocument(writer.KeyOf(dataset.Id), dataset.Id, name, text, DatasetAudience.For(shared, dataset.Type, types, now))
        {
            Parts = NameParts.Of(shared.Name.Slug, dataset.Title),
            Types = types.LineageOf(dataset.Type),
            Facts = [.. SearchFacts.Collect(dataset, shared.Name, document, types, now), .. PublicationFacts.Collect(shared.Publication)],
            Tree = dataset.Root.IsEmpty ? null : dataset.Root.Page.ToString(),
            Due = DatasetAudience.NextChange(shared, now),
        };
    }
}
