namespace Hutch.Commands.Audit;

internal sealed class WriterSink(TextWriter writer) : IAuditSink
{
    public async ValueTask WriteAsync(string line, CancellationToken cancellationToken) =>
        await writer.WriteLineAsync(line.AsMemory(), cancellationToken);

    public async ValueTask CompleteAsync(CancellationToken cancellationToken) => await writer.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
