using System.Buffers;
using System.Text;
using System.Text.Json;
using Hutch.Messaging.InProcess;

namespace Hutch.Site.Write.Events;

/// <summary>
/// The read position of each queue of the bus inside the process: the last line of the file <c>VERSION</c>, after the format of the data
/// folder and the process that has it open.
/// </summary>
/// <remarks>
/// Thread-safe. An unreadable line counts as none: then events in the outbox are not delivered again, and consumers look at the current
/// state when they start.
/// </remarks>
public sealed class CursorFile : ICursorStore, IDisposable
{
    private const int MaxBytes = 1 << 20;

    private readonly LocalDisk _disk = LocalDisk.Instance;
    private readonly string _path;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly SortedDictionary<string, long> _positions;

    /// <summary>Reads the file of a data folder that this process has locked.</summary>
    public CursorFile(string folder)
    {
        _path = Path.Combine(folder, DataVersion.FileName);
        _positions = Parse(Read());
    }

    public async ValueTask<long?> LoadAsync(string queue, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return _positions.TryGetValue(queue, out long position) ? position : null;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask<long> BeginAsync(string queue, long position, CancellationToken cancellationToken)
    {
        long stored = position;
        await ChangeAsync(
            () => stored = _positions.TryAdd(queue, position) ? position : _positions[queue], cancellationToken);
        return stored;
    }

    public ValueTask SaveAsync(string queue, long position, CancellationToken cancellationToken) =>
        ChangeAsync(() => _positions[queue] = position, cancellationToken);

    public ValueTask DeleteAsync(string queue, CancellationToken cancellationToken) =>
        ChangeAsync(() => _positions.Remove(queue), cancellationToken);

    public void Dispose() => _gate.Dispose();

    private async ValueTask ChangeAsync(Action change, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            change();
            var bytes = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(bytes))
            {
                json.WriteStartObject();
                foreach ((string queue, long position) in _positions)
                {
                    json.WriteNumber(queue, position);
                }

                json.WriteEndObject();
            }

            Write(Encoding.UTF8.GetBytes(CheckedLine.Seal(Encoding.UTF8.GetString(bytes.WrittenSpan)) + "\n"));
        }
        finally
        {
            _gate.Release();
        }
    }

    private ReadOnlyMemory<byte> Read()
    {
        if (!_disk.FileExists(_path))
        {
            return default;
        }

        using IDiskFile file = _disk.Open(_path, DiskAccess.Read);
        var bytes = new byte[Math.Clamp(file.Length - DataVersion.RestOffset, 0, MaxBytes)];
        int read = file.ReadFully(bytes, DataVersion.RestOffset);
        return bytes.AsMemory(0, read);
    }

    // In place: the file is the lock of the folder, and must stay the same.
    private void Write(ReadOnlySpan<byte> line)
    {
        using IDiskFile file = _disk.Open(_path, _disk.FileExists(_path) ? DiskAccess.ReadWrite : DiskAccess.CreateNew);
        file.Write(line, DataVersion.RestOffset);
        file.SetLength(DataVersion.RestOffset + line.Length);
        file.Sync();
    }

    private static SortedDictionary<string, long> Parse(ReadOnlyMemory<byte> line)
    {
        var positions = new SortedDictionary<string, long>(StringComparer.Ordinal);
        if (line.IsEmpty || !CheckedLine.IsWhole(line.Span.TrimEnd((byte)'\n')))
        {
            return positions;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            foreach (JsonProperty queue in document.RootElement.EnumerateObject().Where(queue => queue.Name != CheckedLine.ChecksumName))
            {
                positions[queue.Name] = queue.Value.GetInt64();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            positions.Clear();
        }

        return positions;
    }
}
