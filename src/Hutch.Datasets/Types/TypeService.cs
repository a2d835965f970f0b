using Hutch.Datasets.Registry;
using Hutch.Types.Validation;

namespace Hutch.Datasets.Types;

/// <summary>The types of datasets, which everybody may see, and their reading of a dataset's metadata.</summary>
public sealed class TypeService(TypeLibrary library, MetadataDocumentReader metadata, MetadataDocuments documents)
{
    private const int MaxWarnings = 20;

    public TypeCatalog Types => library.Current;

    public Result<DatasetType> Find(string name)
    {
        TypeCatalog types = Types;
        return types.Find(name) is { } type
            ? type
            : (ErrorCode.NotFound with { Advice = "Check the name; `hutch type list` lists the types." })
                .With($"There is no type {Display.Quote(name)}{Suggestion.For(name, types.Types.Select(known => known.Name))}");
    }

    public async Task<Result<DescribedMetadata>> DescribeAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await metadata.SeeAsync(caller, id, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        SiteMetadata? found = await documents.FindAsync(dataset.Value, ct);
        using JsonDocument document = JsonDocument.Parse(found?.Document ?? "{}");
        return Read(dataset.Value.Type, document.RootElement.Clone());
    }

    /// <summary>Reads them from a document, for a form that is being filled in. Nothing is stored.</summary>
    /// <param name="document">A JSON object.</param>
    /// <param name="type">The type to read it by; null for that of the dataset.</param>
    public async Task<Result<DescribedMetadata>> TryAsync(
        Caller caller, DatasetId id, JsonElement document, string? type, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await metadata.SeeAsync(caller, id, ct);
        return dataset.IsOk
            ? MetadataService.RequireObject(document).Then<DescribedMetadata>(_ => Read(type ?? dataset.Value.Type, document))
            : dataset.Error;
    }

    private DescribedMetadata Read(string name, JsonElement document)
    {
        TypeCatalog types = Types;
        DatasetType type = types.Find(name) ?? types.Top;
        return new DescribedMetadata(name, type, MetadataInterpreter.Read(type, document));
    }

    internal IEnumerable<SiteWarning> Warnings() => library.Problems.Take(MaxWarnings).Select(problem => new SiteWarning(
        "type-left-out",
        $"A type of this site is left out: {problem}",
        "Correct the file in the folder 'types.folder', and check it with `hutch type check FILE`; it is read again within seconds."));
}
