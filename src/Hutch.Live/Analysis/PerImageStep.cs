using Hutch.Datasets;
using Hutch.Datasets.Heads;
using Hutch.Datasets.Runs;
using Hutch.Model;

namespace Hutch.Live.Analysis;

/// <summary>Per-image analysis: header and mask once a run, then decode, spots and the nine statistics for each frame.</summary>
public sealed class PerImageStep(Site site) : IFrameStep
{
    /// <inheritdoc/>
    public string Program => AnalysisSettings.Program;

    /// <inheritdoc/>
    public Task<Result<IPreparedStep>> PrepareAsync(ActiveRun run, TreeView view, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        return PerImagePreparation.PrepareAsync(
            (path, maxBytes, ct) => site.RunInputs.ReadFileAsync(view, path, maxBytes, ct),
            AnalysisSettings.FromJson(run.Description.Parameters),
            cancellationToken);
    }
}
