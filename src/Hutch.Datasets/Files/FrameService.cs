using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Datasets.Files;

/// <summary>
/// Small pictures of single frames, and trial results of analyses on them, for callers with the right to read the frames.
/// </summary>
public sealed class FrameService(EntryService entries, StepCatalog steps, IFramePictures? pictures, IFrameTrials? trials)
{
    /// <summary>The side of the largest square of pixels that becomes one.</summary>
    public const int MaxBin = 64;

    /// <summary>Finds the picture of a frame in which each pixel represents <paramref name="bin"/> × <paramref name="bin"/>.</summary>
    public async Task<Result<IFramePicture>> FindAsync(
        Caller caller, DatasetId id, DatasetPath path, SnapshotRef? at, int bin, CancellationToken ct) =>
        pictures is null
            ? ErrorCode.Unprocessable.With("This server makes no pictures of frames. Read the frame as it is stored.")
            : await pictures.FindAsync(Opener(caller, id, at), path, bin, ct);

    /// <summary>Tries a step on a frame: no run is made, and nothing is stored.</summary>
    /// <param name="at">The version; null for the newest state.</param>
    /// <param name="step">The name of the step; null for the usual one.</param>
    public async Task<Result<FrameTrial>> TryAsync(
        Caller caller, DatasetId id, DatasetPath path, SnapshotRef? at, string? step,
        IEnumerable<KeyValuePair<string, JsonElement>> parameters, CancellationToken ct)
    {
        // A caller without the right to read the frame learns nothing of the steps either.
        Result<OpenedEntry> frame = await entries.OpenAsync(caller, id, path, at, ct);
        if (!frame.IsOk)
        {
            return frame.Error;
        }

        if (!steps.Find(step).TryGet(out StepDeclaration? found, out HutchError? refusal)
            || !ParameterValues.Check(found, parameters).TryGet(out ParameterValues? values, out refusal))
        {
            return refusal;
        }

        return trials is null
            ? ErrorCode.Unprocessable.With("This server analyses no frames.")
            : await trials.TryAsync(Opener(caller, id, at), path, found, values, ct);
    }

    private EntryOpener Opener(Caller caller, DatasetId id, SnapshotRef? at) =>
        (entry, token) => entries.OpenAsync(caller, id, entry, at, token);
}
