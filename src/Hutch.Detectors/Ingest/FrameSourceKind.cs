namespace Hutch.Detectors.Ingest;

/// <param name="Name">For messages, such as "an NXmx master (.h5)".</param>
/// <param name="Recognises">Whether a path is of this kind: by the first bytes, or by the name.</param>
/// <param name="OpenAsync">Opens it, or gives the reason why it cannot be read.</param>
internal sealed record FrameSourceKind(
    string Name,
    Func<SourceLocation, bool> Recognises,
    Func<SourceLocation, FrameSourceOptions, CancellationToken, Task<Result<IFrameFile>>> OpenAsync);
