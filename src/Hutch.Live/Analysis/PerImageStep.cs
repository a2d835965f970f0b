using Hutch.Model;
using Hutch.Site;
using Hutch.Site.Heads;
using Hutch.Site.Runs;

namespace Hutch.Live.Analysis;

/// <summary>Per-image analysis: header and mask once a run, then decode, spots and the nine statistics for each frame.</summary>
public sealed class PerImageStep(SiteServices site) : IFrameStep
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
