namespace Hutch.Live.Capture;

/// <summary>What an ingest did.</summary>
/// <param name="Frames">Frames stored now.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Kept">Frames that were already there.</param>
/// <param name="Missing">Frames that the series has a place for but that were never written.</param>
/// <param name="FirstMissing">The paths of the first of these, at most <see cref="MaxFirstMissing"/>.</param>
public sealed record IngestOutcome(long Frames, long Bytes, long Kept, long Missing, IReadOnlyList<string> FirstMissing)
{
    /// <summary>The most missing frames that are named.</summary>
    public const int MaxFirstMissing = 10;
}
