using System.ComponentModel.DataAnnotations;

namespace Hutch.Site.Write.Blobs;

public sealed class BlobOptions
{
    /// <summary>
    /// The largest blob that is ever one member; larger ones are stored as extents. An engine may use extents for smaller ones: see
    /// <see cref="ISiteBytes.MaxSmallBytes"/>.
    /// </summary>
    public const int MaxSmallBytes = 1 << 20;

    private const int DefaultExtentBytes = 4 << 20;
    private const int PiecesOfShort = 8;

    /// <summary>
    /// Bytes of an extent. Reading any part of an extent reads and checks all of it. Without it: 4 MiB, fewer in a body shorter than eight
    /// of them; 8 MiB in an object store.
    /// </summary>
    [Range(1 << 16, 8 << 20)]
    public int? ExtentBytes { get; init; }

    /// <summary>
    /// Returns the bytes of an extent for a body of the given length. For a short body they are an eighth of it, so that its beginning is
    /// written while the rest comes, and little is left to write after the last byte.
    /// </summary>
    /// <param name="length">The length of the body; null when it is unknown.</param>
    public int ExtentBytesOf(long? length, int least) =>
        (int)Math.Min(
            Math.Max((length ?? long.MaxValue) / PiecesOfShort / least * least, least),
            ExtentBytes ?? Math.Max(DefaultExtentBytes, least));

    /// <summary>Bytes of pages in memory.</summary>
    [Range(1 << 20, 1 << 30)]
    public int PageCacheBytes { get; init; } = 24 << 20;

    /// <summary>Bytes of all request and reply payloads in memory at one time; more wait.</summary>
    [Range(16 << 20, int.MaxValue)]
    public int PayloadPoolBytes { get; init; } = 128 << 20;
}
