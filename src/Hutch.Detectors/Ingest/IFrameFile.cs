namespace Hutch.Detectors.Ingest;

/// <summary>A frame source that is complete, so that single frames of it can be read in any order.</summary>
public interface IFrameFile : IFrameSource
{
    /// <summary>Reads the frame of the first channel with this number. Not found when it is not there, or not yet.</summary>
    Task<Result<SourceFrame>> ReadFrameAsync(int number, CancellationToken cancellationToken);
}
