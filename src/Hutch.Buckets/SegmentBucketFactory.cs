using Hutch.Site.Engines.Segments;

namespace Hutch.Buckets;

/// <summary>Opens a bucket for the segments of a data folder.</summary>
public sealed class SegmentBucketFactory(Func<IObjectStore> connect, FolderSettings settings) : ISegmentBucketFactory
{
    /// <inheritdoc/>
    public async Task<ISegmentBucket> OpenAsync(
        IDisk disk, string dataFolder, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        IObjectStore objects = connect();
        try
        {
            return await SegmentBucket.OpenAsync(
                disk, dataFolder, objects, settings, time, loggers.CreateLogger<SegmentBucket>(), ct);
        }
        catch
        {
            objects.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<Result<RebuiltFolder>> RebuildAsync(IDisk disk, string dataFolder, TimeProvider time, CancellationToken ct)
    {
        using IObjectStore objects = connect();
        try
        {
            return await new FolderRebuild(disk, objects, settings, time).RunAsync(dataFolder, ct);
        }
        catch (Exception e) when (BucketFailure.Is(e))
        {
            return ErrorCode.Unavailable.With(
                $"The bucket {objects.Name} cannot be read: {e.Message.TrimEnd('.')}. Empty the folder and run the command again.");
        }
    }

    /// <inheritdoc/>
    public async Task FenceAsync(IDisk disk, string dataFolder, string movedTo, CancellationToken ct)
    {
        using IObjectStore objects = connect();
        var names = new FolderObjects(settings.Prefix, settings.NewId);
        await new FolderLife(disk, dataFolder, objects, names, settings, TimeProvider.System).FenceAsync(movedTo, ct);
    }
}
