using System.Buffers;
using Hutch.Site.Runs;

namespace Hutch.Live;

/// <summary>A step, ready for the frames of one run. Thread-safe.</summary>
public interface IPreparedStep
{
    /// <summary>
    /// Makes the row of a frame; for a frame that cannot be read, a row that says <c>error</c>. Computes, and does not wait.
    /// </summary>
    /// <param name="frame">The frame.</param>
    /// <param name="chunk">Its stored bytes, checked.</param>
    /// <param name="row">Takes one JSON object.</param>
    void Process(StoredFrame frame, ReadOnlySpan<byte> chunk, IBufferWriter<byte> row);
}
