using Hutch.Datasets.Analyses;
using Hutch.Datasets.Extraction;
using Hutch.Datasets.Files;
using Hutch.Datasets.Microscopes;
using Hutch.Datasets.Registry;
using Hutch.Datasets.Thumbnails;
using Hutch.Datasets.Types;
using Hutch.Datasets.Upkeep;
using Hutch.Datasets.Versions;
using Hutch.Model.Analyses;
using Hutch.Processing;

namespace Hutch.Datasets;

/// <summary>Makes the readers of datasets: one for this site, and one for each cache of another site's datasets.</summary>
/// <param name="pictures">Makes pictures of frames; null where the server makes none.</param>
/// <param name="trials">Tries steps on one frame; null where the server tries none.</param>
/// <param name="virtualFiles">Makes files out of stored frames; null where the server makes none.</param>
/// <param name="contents">Reads the contents of files; null where the server does not.</param>
public sealed class ReaderModule(
    ZoneServices zone, TypeLibrary types, StepCatalog steps, IFramePictures? pictures, IFrameTrials? trials, IVirtualFiles? virtualFiles,
    IContentReader? contents, ThumbnailCache? thumbnails, TimeProvider time)
{
    private readonly SessionTables _sessions = new();

    /// <summary>Reads what a site has, and nothing else.</summary>
    public DatasetReader Over(SiteServices site) => Over(site, null);

    /// <summary>
    /// Makes a reader of a site's datasets; <paramref name="completeHeads"/> finds the heads whose copy lacks files without a hash.
    /// </summary>
    internal DatasetReader Over(SiteServices site, ICompleteHeads? completeHeads)
    {
        var runs = new RunServices(site, time);
        var describer = new DatasetDescriber(zone.Authorizer, LocalDatasets.For(site));
        var entries = new EntryService(
            zone.Authorizer, site.Heads, site.HeadCompactor, site.Blobs, runs.Registry, virtualFiles, completeHeads);
        var looks = new ContentService(entries, contents);
        var metadata = new MetadataDocumentReader(zone.Authorizer, site.Heads, site.Metadata);
        var typed = new TypeService(types, metadata, site.Metadata);
        return new DatasetReader(describer)
        {
            Entries = entries,
            Frames = new FrameService(entries, steps, pictures, trials),
            Contents = looks,
            Thumbnails = new ThumbnailService(entries, contents, pictures, thumbnails),
            Microscopes = new MicroscopeService(entries, _sessions),
            Fetches = new FetchService(zone.Authorizer, site.Heads, site.Blobs),
            Recalls = new RecallService(zone.Authorizer, site.Heads, site.Blobs, time),
            Snapshots = new SnapshotReader(zone.Authorizer, site.Records, site.Heads, site.Snapshots),
            Metadata = metadata,
            Types = typed,
            Suggestions = new SuggestionService(entries, looks, metadata, typed),
            Settings = new SettingReader(zone.Authorizer, site.Settings),
            Activity = new DatasetActivityService(zone.Authorizer, zone.Changes, site.Heads, site.Records),
            Results = new ResultService(zone.Authenticator, zone.Authorizer, site.Heads, runs.Registry, runs.Results, time),
            Runs = new RunReader(zone.Authorizer, runs.Registry, describer),
        };
    }
}
