namespace Hutch.Site.Engines.Segments;

internal sealed class SegmentEngineFactory(SegmentOptions options, ISegmentBucketFactory? bucket) : ISiteEngineFactory
{
    public async Task<ISiteEngine> OpenAsync(
        IDisk disk, string dataFolder, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        SegmentEngine.RequireBucket(disk, dataFolder, bucket is not null);
        ISegmentBucket? opened = bucket is null ? null : await bucket.OpenAsync(disk, dataFolder, time, loggers, ct);
        try
        {
            return await SegmentEngine.OpenAsync(disk, dataFolder, options, opened, time, ct);
        }
        catch
        {
            await (opened?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }
    }
}
