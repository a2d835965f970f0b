namespace Hutch.Site.Engines.Segments;

internal sealed class SegmentEngineFactory(SegmentOptions options) : ISiteEngineFactory
{
    public async Task<ISiteEngine> OpenAsync(
        IDisk disk, string dataFolder, TimeProvider time, ILoggerFactory loggers, CancellationToken ct) =>
        await SegmentEngine.OpenAsync(disk, dataFolder, options, time, ct);
}
