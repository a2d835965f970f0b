using Hutch.Analysis.Memory;

namespace Hutch.Analysis.Steps;

/// <summary>An analysis step turns a stored frame into a result row. See docs/extending.md.</summary>
/// <remarks>Steps that need decoded pixels derive from <see cref="ImageStep"/>.</remarks>
public interface IAnalysisStep
{
    StepDeclaration Declaration { get; }

    /// <summary>Reads the data that all frames share, once a run, before the first frame. An error fails the run.</summary>
    /// <param name="memory">The memory of decoded images; shares of it last until the step is disposed.</param>
    /// <param name="frames">The number of frames that the caller could process at one time.</param>
    Task<Result<IPreparedStep>> PrepareAsync(
        EntryReader read, ParameterValues values, ImageMemory memory, int frames, CancellationToken cancellationToken);
}

/// <summary>
/// Reads an entry of at most <paramref name="maxBytes"/> bytes from where the frames are: a dataset of this site or an S3 bucket. Null when
/// it does not exist.
/// </summary>
public delegate Task<Result<EntryBytes?>> EntryReader(string path, int maxBytes, CancellationToken cancellationToken);
