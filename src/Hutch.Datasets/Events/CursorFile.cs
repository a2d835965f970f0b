using System.Buffers;
using System.Text.Json;
using Hutch.Disk.Folders;
using Hutch.Messaging.InProcess;

namespace Hutch.Datasets.Events;

/// <summary>How far each queue of the bus inside the process has been read: a small file beside the databases, replaced as a whole.</summary>
/// <remarks>Thread-safe. A file that cannot be read counts as none: then what the outbox keeps is not handed out again, and who works looks at the state at its start.</remarks>
public sealed class CursorFile : ICursorStore, IDisposable
{
    /// <summary>Its name in the data folder.</summary>
    public const string FileName = "cursors.json";

    private readonly string _path;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SortedDictionary<string, long> _positions;

    /// <summary>Reads the file of a data folder that this process has locked.</summary>
    public CursorFile(string folder)
    {
        _path = Path.Combine(folder, FileName);
        _positions = Parse(SmallFile.TryRead(_path));
    }

    /// <inheritdoc/>
    public async ValueTask<long?> LoadAsync(string queue, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return _positions.TryGetValue(queue, out long position) ? position : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask SaveAsync(string queue, long position, CancellationToken cancellationToken) =>
        ChangeAsync(() => _positions[queue] = position, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string queue, CancellationToken cancellationToken) =>
        ChangeAsync(() => _positions.Remove(queue), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async ValueTask ChangeAsync(Action change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
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

            SmallFile.Replace(_path, bytes.WrittenSpan, SmallFile.OwnerOnly);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static SortedDictionary<string, long> Parse(byte[]? file)
    {
        var positions = new SortedDictionary<string, long>(StringComparer.Ordinal);
        if (file is null)
        {
            return positions;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(file);
            foreach (JsonProperty queue in document.RootElement.EnumerateObject())
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
