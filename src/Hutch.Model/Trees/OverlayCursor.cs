namespace Hutch.Model;

/// <summary>Walks the rows of an overlay, reading them in growing batches. Not thread-safe.</summary>
/// <param name="wanted">The number of rows that are probably enough; rows after them are not read ahead.</param>
internal sealed class OverlayCursor(IOverlaySource source, int wanted = int.MaxValue)
{
    private const int FirstBatch = 64, LargestBatch = 2048;

    private IReadOnlyList<TreeChange> _rows = [];
    private int _index;
    private int _batch = FirstBatch;
    private int _read;
    private bool _isLastBatch;

    public bool IsBelow => source.IsBelow;

    public bool IsOnRow => _index < _rows.Count;

    public string Path => _rows[_index].Path.Value;

    /// <summary>The current entry; null if the path was removed.</summary>
    public Entry? Entry => _rows[_index].Entry;

    /// <summary>Moves to the first row whose path is at or after the given text.</summary>
    public async ValueTask SeekAsync(string from, CancellationToken cancellationToken)
    {
        bool isAhead = IsOnRow && Utf8Order.Compare(_rows[_index].Path.Value, from) <= 0;
        if (isAhead && (_isLastBatch || Utf8Order.Compare(_rows[^1].Path.Value, from) >= 0))
        {
            while (IsOnRow && Utf8Order.Compare(Path, from) < 0)
            {
                _index++;
            }

            return;
        }

        await ReadAsync(from, cancellationToken);
    }

    public async ValueTask MoveNextAsync(CancellationToken cancellationToken)
    {
        string path = Path;
        _index++;
        if (!IsOnRow && !_isLastBatch)
        {
            int left = Math.Max(FirstBatch, wanted - _read);
            _batch = Math.Min(Math.Min(_batch * 4, LargestBatch), left);
            await ReadAsync(path + "\0", cancellationToken);
        }
    }

    private async ValueTask ReadAsync(string from, CancellationToken cancellationToken)
    {
        _rows = await source.ReadAsync(from, _batch, cancellationToken);
        _read += _rows.Count;
        _isLastBatch = _rows.Count < _batch;
        _index = 0;
    }
}
