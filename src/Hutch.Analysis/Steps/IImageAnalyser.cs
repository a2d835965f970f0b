using Hutch.Analysis.Memory;

namespace Hutch.Analysis.Steps;

/// <summary>Analyses decoded images for an <see cref="ImageStep"/>. Used by one thread at a time, so it may keep working memory.</summary>
internal interface IImageAnalyser
{
    /// <summary>Computes an image's row: one value for each declared column, in order, but for those of <see cref="GridCell"/>.</summary>
    /// <param name="rows">The pixels, of the header's type, in the byte order of this machine; nothing is decoded yet.</param>
    /// <returns>The error when the image is damaged or cannot be analysed, or null.</returns>
    HutchError? Analyse(ref FrameRows rows, RowWriter row);
}
