using Hutch.Disk.Folders;

namespace Hutch.Commands.Audit;

/// <summary>Writes lines to a file that gets its name once all are in it and synced: a partial export never looks complete.</summary>
internal sealed class FileSink(string path) : IAuditSink
{
    private readonly FileReplacement _file = new(path, SmallFile.OwnerOnly);

    public async ValueTask WriteAsync(string line, CancellationToken cancellationToken) =>
        await _file.Stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);

    public ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        _file.Publish(durable: true);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }
}
