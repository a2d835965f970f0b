using Hutch.Datasets.Analyses;
using Hutch.Datasets.Extraction;
using Hutch.Datasets.Files;
using Hutch.Datasets.Microscopes;
using Hutch.Datasets.Registry;
using Hutch.Datasets.Thumbnails;
using Hutch.Datasets.Types;
using Hutch.Datasets.Upkeep;
using Hutch.Datasets.Versions;

namespace Hutch.Datasets;

/// <summary>
/// Reads datasets, after a check of the caller's rights: those with their home or a copy at this site, or those in the read-through
/// cache. It has no operation that changes a dataset, so that no door can write into a cache.
/// </summary>
public sealed class DatasetReader
{
    internal DatasetReader(DatasetDescriber describer) => Describer = describer;

    /// <summary>Listings, files and fixed versions.</summary>
    public required EntryService Entries { get; init; }

    /// <summary>Pictures of detector frames, and analysis steps tried on one.</summary>
    public required FrameService Frames { get; init; }

    public required ContentService Contents { get; init; }

    public required ThumbnailService Thumbnails { get; init; }

    /// <summary>Sessions at a microscope.</summary>
    public required MicroscopeService Microscopes { get; init; }

    public required FetchService Fetches { get; init; }

    public required RecallService Recalls { get; init; }

    public required SnapshotReader Snapshots { get; init; }

    public required MetadataDocumentReader Metadata { get; init; }

    public required TypeService Types { get; init; }

    public required SuggestionService Suggestions { get; init; }

    /// <summary>Texts that doors keep about datasets.</summary>
    public required SettingReader Settings { get; init; }

    public required DatasetActivityService Activity { get; init; }

    public required ResultService Results { get; init; }

    public required RunReader Runs { get; init; }

    internal DatasetDescriber Describer { get; }

    public async Task<Result<DatasetDescription>> DescribeAsync(Caller caller, DatasetId id, CancellationToken ct) =>
        await Describer.DescribeAsync(caller, id, Operation.DatasetView, ct);
}
