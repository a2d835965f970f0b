namespace Hutch.Datasets.Files;

/// <summary>Makes small pictures of stored frames. The host gives it; a server without analyses has none.</summary>
public interface IFramePictures
{
    /// <summary>Finds the sources of a picture, without making it.</summary>
    /// <param name="open">Opens entries of the version in question, for a caller with that right.</param>
    /// <param name="bin">The number of pixels, along each axis, that become one.</param>
    Task<Result<IFramePicture>> FindAsync(EntryOpener open, DatasetPath path, int bin, CancellationToken ct);

    /// <summary>The same for the largest picture that fits.</summary>
    /// <param name="open">Opens entries of the version in question, for a caller with that right.</param>
    /// <param name="maxSide">The longer side of the picture in pixels, at most.</param>
    Task<Result<IFramePicture>> FitAsync(EntryOpener open, DatasetPath path, int maxSide, CancellationToken ct);
}

public delegate Task<Result<OpenedEntry>> EntryOpener(DatasetPath path, CancellationToken ct);
