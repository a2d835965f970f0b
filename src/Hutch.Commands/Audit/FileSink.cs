namespace Hutch.Commands.Audit;

/// <summary>Writes lines to a file that gets its name once all are in it and synced: a partial export never looks complete.</summary>
internal sealed class FileSink : IAuditSink
{
    private const int PieceBytes = 1 << 16;

    private readonly IDisk _disk;
    private readonly string _path;
    private readonly string _unfinished;
    private readonly IDiskFile _file;
    private readonly MemoryStream _piece = new(PieceBytes);
    private long _length;
    private bool _isComplete;

    internal FileSink(IDisk disk, string path)
    {
        _disk = disk;
        _path = path;
        _unfinished = path + ".unfinished";
        disk.Delete(_unfinished);
        _file = disk.Open(_unfinished, DiskAccess.CreateNew);
    }

    public ValueTask WriteAsync(string line, CancellationToken cancellationToken)
    {
        _piece.Write(Encoding.UTF8.GetBytes(line + "\n"));
        if (_piece.Length >= PieceBytes)
        {
            Flush();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        Flush();
        _file.Sync();
        _disk.Rename(_unfinished, _path);
        _disk.SyncFolder(Path.GetDirectoryName(_path)!);
        _isComplete = true;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        _piece.Dispose();
        if (!_isComplete)
        {
            _disk.Delete(_unfinished);
        }

        return ValueTask.CompletedTask;
    }

    private void Flush()
    {
        _file.Write(_piece.GetBuffer().AsSpan(0, (int)_piece.Length), _length);
        _length += _piece.Length;
        _piece.SetLength(0);
    }
}
