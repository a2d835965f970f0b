using Hutch.Analysis.Memory;

namespace Hutch.Analysis.Steps;

/// <summary>A step prepared for one run. Thread-safe. Dispose it when no frame is processed any more.</summary>
public interface IPreparedStep : IDisposable
{
    /// <summary>The number of frames that may be processed at one time: there is memory for these. At least 1.</summary>
    int FramesAtOnce { get; }

    /// <summary>The most stored bytes that a frame can have; a longer one is refused unread.</summary>
    long MaxFrameBytes { get; }

    /// <summary>Computes a frame's row: one value for each declared column, in order. Must not block.</summary>
    /// <returns>The error when the frame cannot be analysed, or null.</returns>
    HutchError? Process(RawFrame frame, RowWriter row);
}
