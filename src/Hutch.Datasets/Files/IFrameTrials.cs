using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Datasets.Files;

/// <summary>Tries an analysis step on one stored frame. The host gives it; a server without analyses has none.</summary>
public interface IFrameTrials
{
    /// <summary>Analyses a frame, and stores nothing.</summary>
    /// <param name="open">Opens entries of the version in question, for a caller with that right.</param>
    Task<Result<FrameTrial>> TryAsync(
        EntryOpener open, DatasetPath path, StepDeclaration declaration, ParameterValues values, CancellationToken ct);
}

/// <param name="Row">The row that a run would have: the columns of the step, or an error.</param>
/// <param name="Strong">
/// The strong pixels, if the step finds such; null also if there are too many to return. Numbers of 7 bits a byte, the low bits first, a
/// set high bit for more to come. In turn, the number of pixels that are not strong, and of those that are, row by row.
/// </param>
/// <param name="StrongPixels">The number of strong pixels; null if the step does not find such.</param>
public sealed record FrameTrial(JsonElement Row, ReadOnlyMemory<byte>? Strong, int? StrongPixels);
