using Hutch.Model;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Files;

/// <summary>Small pictures of frames, for callers who may read the frames.</summary>
public sealed class FrameService(EntryService entries, IFramePictures? pictures)
{
    /// <summary>The side of the largest square of pixels that becomes one.</summary>
    public const int MaxBin = 64;

    /// <summary>Finds the picture of a frame in which each pixel stands for <paramref name="bin"/> × <paramref name="bin"/>.</summary>
    public async Task<Result<IFramePicture>> FindAsync(
        Caller caller, DatasetId id, DatasetPath path, SnapshotRef? at, int bin, CancellationToken ct) =>
        pictures is null
            ? ErrorCode.Unprocessable.With("This server makes no pictures of frames. Read the frame as it is stored.")
            : await pictures.FindAsync((entry, token) => entries.OpenAsync(caller, id, entry, at, token), path, bin, ct);
}
