using Hutch.Datasets.Thumbnails;
using Hutch.Disk;
using Hutch.Formats.Hdf5;
using Hutch.Previews.Contents;
using Hutch.Previews.Pictures;
using Hutch.Previews.Virtual;
using Microsoft.Extensions.Logging;

namespace Hutch.Previews;

/// <summary>Looks into files, makes pictures of frames and files, and makes files out of stored frames.</summary>
public sealed class PreviewModule : IAsyncDisposable
{
    private readonly FramePictures? _pictures;
    private readonly FrameTrials? _trials;
    private readonly VirtualFiles? _virtualFiles;
    private readonly ReaderPool? _pool;

    /// <param name="options">How many readers, and their limits.</param>
    /// <param name="worker">Whose memory pictures share; null for a server that makes no pictures of frames.</param>
    /// <param name="analysis">Limits of pictures and trials.</param>
    public PreviewModule(
        FileReaderOptions options, ReaderCommand? reader, WorkerModule? worker, AnalysisWorkerOptions analysis, string dataFolder,
        TimeProvider time, ILoggerFactory loggers)
    {
        if (worker is not null)
        {
            _pictures = new FramePictures(worker.Images, analysis, time);
            _trials = new FrameTrials(AnalysisSteps.All, worker.Images, analysis, time);
            _virtualFiles = new VirtualFiles();
        }

        if (reader is null)
        {
            return;
        }

        Thumbnails = options.ThumbnailBytes > 0
            ? new ThumbnailCache(LocalDisk.Instance, dataFolder, options.ThumbnailBytes, time, loggers.CreateLogger<ThumbnailCache>())
            : null;
        if (options.Readers > 0)
        {
            _pool = new ReaderPool(reader, options, time);
            Contents = new PooledContentReader(_pool, new AnswerCache(options.CacheBytes), options, time);
        }
    }

    /// <summary>Looks into files; null where the server does not.</summary>
    public IContentReader? Contents { get; }

    public ThumbnailCache? Thumbnails { get; }

    /// <summary>Makes pictures of frames; null where the server makes none.</summary>
    public IFramePictures? Pictures => _pictures;

    /// <summary>Tries steps on one frame; null where the server tries none.</summary>
    public IFrameTrials? Trials => _trials;

    /// <summary>Makes files out of stored frames; null where the server makes none.</summary>
    public IVirtualFiles? VirtualFiles => _virtualFiles;

    public async ValueTask DisposeAsync()
    {
        await (_pool?.DisposeAsync() ?? ValueTask.CompletedTask);
        Thumbnails?.Dispose();
        _virtualFiles?.Dispose();
        _trials?.Dispose();
        _pictures?.Dispose();
    }
}
