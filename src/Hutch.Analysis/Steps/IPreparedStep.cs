using Hutch.Model;

namespace Hutch.Analysis.Steps;

/// <summary>A step prepared for one run. Thread-safe.</summary>
public interface IPreparedStep
{
    /// <summary>Computes a frame's row: one value for each declared column, in order. Must not block.</summary>
    /// <returns>The error when the frame cannot be analysed, or null.</returns>
    HutchError? Process(RawFrame frame, RowWriter row);
}
