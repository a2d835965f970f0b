using Hutch.Formats.Frames;

namespace Hutch.Formats.Hdf5;

/// <summary>How to decode a frame that was read.</summary>
/// <param name="Codec">How it is compressed.</param>
/// <param name="FilterMask">Which of its filters were left out.</param>
/// <param name="IsMissing">Whether it was never written; there are no bytes then.</param>
public readonly record struct FrameInfo(FrameCodec Codec, uint FilterMask, bool IsMissing);
