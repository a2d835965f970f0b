using Hutch.Model;
using Hutch.Site.Heads;
using Hutch.Site.Runs;

namespace Hutch.Live;

/// <summary>A step that makes one result row of one frame: what a worker runs.</summary>
public interface IFrameStep
{
    /// <summary>The program whose runs it carries out.</summary>
    string Program { get; }

    /// <summary>Reads what all frames share, once a run, before its first frame. A refusal ends the run as failed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="view">The version of the input that has the first frame.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<Result<IPreparedStep>> PrepareAsync(ActiveRun run, TreeView view, CancellationToken cancellationToken);
}
