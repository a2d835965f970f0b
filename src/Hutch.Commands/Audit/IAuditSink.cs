namespace Hutch.Commands.Audit;

internal interface IAuditSink : IAsyncDisposable
{
    ValueTask WriteAsync(string line, CancellationToken cancellationToken);

    /// <summary>Completes the export after its last line: the written lines count from now on.</summary>
    ValueTask CompleteAsync(CancellationToken cancellationToken);
}
