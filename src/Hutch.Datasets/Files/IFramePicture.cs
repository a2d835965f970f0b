namespace Hutch.Datasets.Files;

/// <summary>A picture of a frame, which may not be made yet.</summary>
public interface IFramePicture
{
    /// <summary>Of all that the picture is made from: the same hash, the same bytes.</summary>
    BlobHash Version { get; }

    int Rows { get; }

    int Columns { get; }

    /// <summary>Makes it. The memory of the bytes is the receiver's to give back.</summary>
    Task<Result<PictureBytes>> MakeAsync(CancellationToken ct);

    /// <summary>Makes it as a PNG file, with a contrast that fits it.</summary>
    Task<Result<byte[]>> DrawAsync(CancellationToken ct);
}
