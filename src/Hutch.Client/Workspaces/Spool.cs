namespace Hutch.Client.Workspaces;

/// <summary>
/// Items in the order of their addition, in any number: the last ones in memory, the others in a private file. It can be read repeatedly,
/// by several threads, once all are added. Items from the file are new objects.
/// </summary>
internal sealed class Spool<T>(FolderHandle folder, int held, Action<BinaryWriter, T> write, Func<BinaryReader, T> read) : IDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly List<T> _held = [];
    private readonly List<int> _blocks = [];
    private UnpublishedFile? _file;
    private long _length;

    internal int Count { get; private set; }

    public void Dispose() => _file?.Dispose();

    internal void Add(T item)
    {
        if (_held.Count == held)
        {
            WriteOut();
        }

        _held.Add(item);
        Count++;
    }

    internal IEnumerable<T> Read() => _file is null ? _held : ReadBlocks().Concat(_held);

    internal void WriteOut()
    {
        _file ??= UnpublishedFile.Create(folder, "spool-", SmallFile.OwnerOnly);
        using var block = new MemoryStream();
        using var writer = new BinaryWriter(block);
        foreach (T item in _held)
        {
            write(writer, item);
            if (block.Length >= BlockBytes)
            {
                Write(block);
            }
        }

        Write(block);
        _held.Clear();
    }

    private void Write(MemoryStream block)
    {
        RandomAccess.Write(_file!.File, block.GetBuffer().AsSpan(0, (int)block.Length), _length);
        _length += block.Length;
        _blocks.Add((int)block.Length);
        block.SetLength(0);
    }

    private IEnumerable<T> ReadBlocks()
    {
        long offset = 0;
        foreach (int length in _blocks)
        {
            var bytes = new byte[length];
            for (int filled = 0; filled < length;)
            {
                int got = RandomAccess.Read(_file!.File, bytes.AsSpan(filled), offset + filled);
                filled += got > 0 ? got : throw new EndOfStreamException("The file of what does not fit into memory was cut.");
            }

            using var block = new MemoryStream(bytes);
            using var reader = new BinaryReader(block);
            while (block.Position < length)
            {
                yield return read(reader);
            }

            offset += length;
        }
    }
}
