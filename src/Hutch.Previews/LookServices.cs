using Hutch.Datasets.Files;
using Hutch.Datasets.Thumbnails;
using Hutch.Disk;
using Hutch.Formats.Hdf5;
using Hutch.Previews.Contents;
using Hutch.Previews.Pictures;
using Hutch.Previews.Virtual;
using Microsoft.Extensions.DependencyInjection;

namespace Hutch.Previews;

/// <summary>What a host adds to look into files.</summary>
public static class LookServices
{
    /// <summary>Adds pictures of frames, trials on them and files made when read; they share the memory of the worker.</summary>
    public static IServiceCollection AddPictures(this IServiceCollection services) => services
        .AddSingleton<IFramePictures, FramePictures>()
        .AddSingleton<IFrameTrials, FrameTrials>()
        .AddSingleton<IVirtualFiles, VirtualFiles>();

    /// <summary>Adds the readers. The host has a clock.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">How many, and their limits.</param>
    /// <param name="reader">How one is started.</param>
    /// <param name="dataFolder">Where thumbnails are kept.</param>
    public static IServiceCollection AddLook(
        this IServiceCollection services, LookOptions options, ReaderCommand reader, string dataFolder)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.ThumbnailBytes > 0)
        {
            services.AddSingleton(provider => new ThumbnailCache(
                LocalDisk.Instance, dataFolder, options.ThumbnailBytes, provider.GetRequiredService<TimeProvider>()));
        }

        return options.Readers == 0
            ? services
            : services
                .AddSingleton(provider => new ReaderPool(reader, options, provider.GetRequiredService<TimeProvider>()))
                .AddSingleton<IContentReader>(provider => new PooledContentReader(
                    provider.GetRequiredService<ReaderPool>(),
                    new AnswerCache(options.CacheBytes),
                    options,
                    provider.GetRequiredService<TimeProvider>()));
    }
}
