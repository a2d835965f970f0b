namespace Hutch.Cli.Audit;

/// <summary>Takes the lines of an export.</summary>
internal interface IAuditSink : IAsyncDisposable
{
    ValueTask WriteAsync(string line, CancellationToken cancellationToken);

    /// <summary>All lines came: what was written counts now.</summary>
    ValueTask CompleteAsync(CancellationToken cancellationToken);
}
