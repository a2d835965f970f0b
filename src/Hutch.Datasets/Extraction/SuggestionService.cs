using Hutch.Datasets.Files;
using Hutch.Datasets.Registry;
using Hutch.Datasets.Types;

namespace Hutch.Datasets.Extraction;

/// <summary>Finds metadata in a file of a dataset that its document lacks. Nothing is stored: the caller decides.</summary>
/// <remarks>One file at the top represents all. An unreadable file has no findings.</remarks>
public sealed class SuggestionService(EntryService entries, ContentService contents, MetadataDocumentReader metadata, TypeService types)
{
    /// <summary>So many names at the top are looked at.</summary>
    private const int MaxNames = 1000;

    /// <summary>Reads the findings of a file, for a caller that may read it.</summary>
    public async Task<Result<SuggestedMetadata>> FindAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        if (!(await metadata.SeeAsync(caller, id, ct)).TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        var query = new ListQuery { Delimited = true, Limit = MaxNames };
        if (!(await entries.ListAsync(caller, id, null, query, ct)).TryGet(out Listing? listing, out refusal))
        {
            return refusal;
        }

        var names = listing.Items.Where(static item => item.Entry is { Kind: EntryKind.File }).Select(static item => item.Path);
        FileFindings? found = FileChoice.Choose(names) is (string file, FileKind kind)
            ? await new FindingsReader(entries, contents, caller, id, file).ReadAsync(kind, ct)
            : null;
        return found is null
            ? new SuggestedMetadata(null, null, [])
            : (await metadata.GetAsync(caller, id, ct)).Then<SuggestedMetadata>(
                known => Fitting(dataset.Type, known?.Document ?? "{}", found));
    }

    /// <summary>Of what a file says that which the type has, and the document has not.</summary>
    private SuggestedMetadata Fitting(string typeName, string document, FileFindings found)
    {
        TypeCatalog catalog = types.Types;
        DatasetType? guess = typeName == catalog.Top.Name ? catalog.Find(found.Type) : null;
        DatasetType type = guess ?? catalog.Find(typeName) ?? catalog.Top;
        using JsonDocument known = JsonDocument.Parse(document);
        return new SuggestedMetadata(
            found.File,
            guess,
            [
                .. from value in found.Values
                   let attribute = type.Attributes.FirstOrDefault(attribute => attribute.Name == value.Key)
                   where attribute is not null && !known.RootElement.TryGetProperty(value.Key, out _)
                   select new SuggestedValue(attribute, value.Value),
            ]);
    }
}
