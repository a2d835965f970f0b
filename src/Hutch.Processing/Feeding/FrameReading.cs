namespace Hutch.Processing.Feeding;

/// <summary>A frame that an address opened.</summary>
/// <param name="Read">To be called after the last byte was sent.</param>
public sealed record FrameReading(BlobContent Content, string? ContentType, Func<ValueTask> Read);
