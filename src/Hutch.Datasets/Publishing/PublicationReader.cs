using Hutch.Datasets.Replication.Sites;
using Hutch.Datasets.Types;
using Hutch.Model.Publications;
using Hutch.Types.Validation;
using Hutch.Types.Vocabularies;
using Hutch.Zone.Publishing;

namespace Hutch.Datasets.Publishing;

/// <summary>Reads publications, with their files as far as the public may see them.</summary>
public sealed class PublicationReader
{
    /// <summary>Files that are looked at for one page.</summary>
    public const int MaxFiles = 1000;

    private readonly PublicationService _publications;
    private readonly ReadRouter _router;
    private readonly HeadReader _heads;
    private readonly TimeProvider _time;

    internal PublicationReader(PublicationService publications, ReadRouter router, HeadReader heads, TimeProvider time) =>
        (_publications, _router, _heads, _time) = (publications, router, heads, time);

    /// <summary>A publication with the first of its files.</summary>
    public async Task<Result<ReadPublication>> ReadAsync(DatasetId dataset, CancellationToken ct)
    {
        if (!(await ReadWithoutFilesAsync(dataset, ct)).TryGet(out ReadPublication? read, out HutchError? refusal))
        {
            return refusal;
        }

        if (read.IsOver || read.Status.Record.State != PublicationStage.Published
            || !read.Status.Name.Visibility.At(_time.GetUtcNow()).HasFlag(Rights.Read))
        {
            return read;
        }

        SnapshotRef at = SnapshotRef.OfNumber((int)read.Status.Record.Version!.Data.Snapshot);
        Result<ReadRoute> route = await _router.FindAsync(Caller.Anonymous, dataset, at, ct);
        (Listing? files, bool isOver) = await ListAsync(route, dataset, at, ct);
        Result<DescribedMetadata> metadata = route.IsOk
            ? await route.Value.Reader.Types.DescribeAsync(Caller.Anonymous, dataset, ct)
            : route.Error;
        return read with
        {
            Files = files,
            IsOver = isOver,
            Metadata = metadata.IsOk ? metadata.Value.Reading.Values : [],
            Type = metadata.IsOk && metadata.Value.IsKnown ? metadata.Value.Type : null,
        };
    }

    public async Task<Result<ReadPublication>> ReadWithoutFilesAsync(DatasetId dataset, CancellationToken ct)
    {
        return (await _publications.FindPublishedAsync(dataset, ct)).TryGet(out PublicationStatus? found, out HutchError? refusal)
            ? await ReadWithoutFilesAsync(found, ct)
            : refusal;
    }

    /// <summary>A publication that was found, without its files.</summary>
    public async Task<ReadPublication> ReadWithoutFilesAsync(PublicationStatus found, CancellationToken ct)
    {
        bool isOver = found.Name.Home.IsOver
            || (await _heads.DatasetAsync(found.Record.Dataset, ct) is { IsOk: true, Value: { Copy: null } here }
                && (here.Ended ?? here.TrashedUntil) is not null);
        return new ReadPublication(found, null, isOver);
    }

    /// <summary>The first files; none when they cannot be listed now, and whether that is because they are gone.</summary>
    private static async Task<(Listing? Files, bool IsOver)> ListAsync(
        Result<ReadRoute> route, DatasetId dataset, SnapshotRef at, CancellationToken ct)
    {
        Result<Listing> files = route.IsOk
            ? await route.Value.Reader.Entries.ListAsync(
                Caller.Anonymous, dataset, at, new ListQuery { Limit = MaxFiles }, ct)
            : route.Error;
        return files.IsOk
            ? (files.Value, false)
            : (null, files.Error.Code == ErrorCode.Gone || files.Error.Code == ErrorCode.InTrash);
    }
}

/// <summary>A publication, as the public may read it.</summary>
/// <param name="Files">The first of its files; null where they cannot be listed.</param>
/// <param name="IsOver">True if its bytes are gone, or in the trash.</param>
public sealed record ReadPublication(PublicationStatus Status, Listing? Files, bool IsOver)
{
    /// <summary>The present metadata by the attributes of the type; empty if they cannot be read.</summary>
    public IReadOnlyList<AttributeValue> Metadata { get; init; } = [];

    /// <summary>The type of the dataset; null if it is not known, or not public.</summary>
    public DatasetType? Type { get; init; }

    /// <summary>The techniques of the metadata and the type that are terms of PaNET.</summary>
    public IReadOnlyList<VocabularyTerm> Techniques =>
    [
        .. Metadata.Where(static value => value.Attribute.Vocabulary == Vocabulary.PaNet)
            .SelectMany(static value => value.Items).Select(static item => Vocabulary.PaNet.Find(item.Text)).Append(Type?.Technique)
            .OfType<VocabularyTerm>().Distinct(),
    ];
}
