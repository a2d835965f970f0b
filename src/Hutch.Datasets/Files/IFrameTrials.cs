using System.Text.Json;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Datasets.Files;

/// <summary>Tries an analysis step on one stored frame. The host gives it; a server without analyses has none.</summary>
public interface IFrameTrials
{
    /// <summary>Analyses a frame, and keeps nothing.</summary>
    /// <param name="open">Opens entries of the version in question, for a caller who may.</param>
    /// <param name="path">The path of the frame.</param>
    /// <param name="declaration">The step.</param>
    /// <param name="values">Its parameters.</param>
    Task<Result<FrameTrial>> TryAsync(
        EntryOpener open, DatasetPath path, StepDeclaration declaration, ParameterValues values, CancellationToken ct);
}

/// <summary>What a step says of one frame.</summary>
/// <param name="Row">The row that a run would have: the columns of the step, or an error.</param>
/// <param name="Strong">
/// The strong pixels, if the step looks for such; null also if there are too many to be told. Numbers of 7 bits a byte, the low ones
/// first, a set high bit for more to come: in turn how many pixels are not strong, and how many are, row by row.
/// </param>
/// <param name="StrongPixels">How many pixels are strong; null if the step does not look for such.</param>
public sealed record FrameTrial(JsonElement Row, ReadOnlyMemory<byte>? Strong, int? StrongPixels);
