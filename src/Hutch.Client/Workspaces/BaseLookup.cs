namespace Hutch.Client.Workspaces;

/// <summary>
/// Says what the base has at a path or below it, by binary search in its file. Holds the paths of one block, so that questions that come
/// near each other cost little. For use by one thread.
/// </summary>
internal sealed class BaseLookup : IDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly string? _path;
    private readonly SafeFileHandle? _file;
    private readonly long _start;
    private readonly List<string> _block = [];
    private bool _isFirst;
    private bool _isLast;

    internal BaseLookup(string? path)
    {
        _path = path;
        _file = path is null ? null : JsonLines.TryOpen(path);
        _start = _file is null ? 0 : JsonLines.Lines(_file).First().Length + 1;
    }

    public void Dispose() => _file?.Dispose();

    internal bool Has(string path) => FirstFrom(path) == path;

    internal bool Holds(string path) =>
        Has(path) || FirstFrom(path + "/")?.StartsWith(path + "/", StringComparison.Ordinal) == true;

    private string? FirstFrom(string path)
    {
        if (_file is null)
        {
            return null;
        }

        bool isKnown = (_isFirst || (_block.Count > 0 && Utf8Order.Compare(_block[0], path) <= 0))
            && (_isLast || (_block.Count > 0 && Utf8Order.Compare(path, _block[^1]) <= 0));
        if (!isKnown)
        {
            try
            {
                Load(path);
            }
            catch (InvalidDataException)
            {
                throw BaseTree.Damaged(_path!);
            }
        }

        int found = _block.BinarySearch(path, Utf8Order.Comparer);
        found = found < 0 ? ~found : found;
        return found < _block.Count ? _block[found] : null;
    }

    private void Load(string path)
    {
        long low = _start; // where a line begins that is not after the first one wanted
        for (long high = RandomAccess.GetLength(_file!); high - low > BlockBytes;)
        {
            long middle = low + ((high - low) / 2);
            byte[][] lines = [.. JsonLines.Lines(_file!, middle).Take(2).Select(line => line.ToArray())];
            bool isBefore = lines is [_, var line] && PathOf(line) is { } there && Utf8Order.Compare(there, path) < 0;
            (low, high) = isBefore ? (middle + lines[0].Length + 1, high) : (low, middle);
        }

        _block.Clear();
        (_isFirst, _isLast) = (low == _start, false);
        long at = low;
        foreach (ReadOnlyMemory<byte> line in JsonLines.Lines(_file!, low))
        {
            if (PathOf(line) is not { } there)
            {
                _isLast = true;
                break;
            }

            _block.Add(there);
            at += line.Length + 1;
            if (at - low > BlockBytes && Utf8Order.Compare(there, path) >= 0)
            {
                break;
            }
        }
    }

    private static string? PathOf(ReadOnlyMemory<byte> line) => JsonLines.ParseItem(line.Span, HutchJson.Default.EntryInfo)?.Path;
}
