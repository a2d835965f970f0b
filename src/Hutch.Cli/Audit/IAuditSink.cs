namespace Hutch.Cli.Audit;

/// <summary>Where lines of an export go.</summary>
internal interface IAuditSink : IAsyncDisposable
{
    /// <summary>Takes one line, without its end.</summary>
    ValueTask WriteAsync(string line, CancellationToken cancellationToken);

    /// <summary>All lines came: what was written counts now.</summary>
    ValueTask CompleteAsync(CancellationToken cancellationToken);
}
