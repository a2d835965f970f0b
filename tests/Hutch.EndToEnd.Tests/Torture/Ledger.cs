using Hutch.Model;

namespace Hutch.EndToEnd.Tests.Torture;

/// <summary>
/// What one writer may expect of the server: the files that were acknowledged, and at most one change that was sent and not answered,
/// which must be found wholly there or wholly not.
/// </summary>
internal sealed class Ledger
{
    private readonly SortedDictionary<string, BlobHash> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);
    private List<(string Path, BlobHash? Hash)> _unanswered = [];

    /// <summary>Paths of the files that are certainly there.</summary>
    public IReadOnlyCollection<string> Paths => _files.Keys;

    /// <summary>Changes that were answered.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Changes that were not answered and were found done.</summary>
    public long Survived { get; private set; }

    /// <summary>Changes that were not answered and were found not done.</summary>
    public long Vanished { get; private set; }

    /// <summary>Notes a change that is about to be sent; a null hash removes the file.</summary>
    public void Send(params (string Path, BlobHash? Hash)[] change)
    {
        _unanswered = [.. change];
        _touched.UnionWith(change.Select(file => file.Path));
    }

    /// <summary>The server answered the change that was sent: it is durable.</summary>
    public void Acknowledge()
    {
        Apply();
        Acknowledged++;
    }

    /// <summary>The server refused the change that was sent: it is not done.</summary>
    public void Refused() => _unanswered = [];

    /// <summary>
    /// Compares with what the server has. Returns every difference; afterwards the ledger knows how the unanswered change ended.
    /// </summary>
    public IEnumerable<string> Compare(IReadOnlyDictionary<string, BlobHash> found)
    {
        if (_unanswered.Count > 0)
        {
            if (_unanswered.All(file => Has(found, file.Path) == file.Hash))
            {
                Apply();
                Survived++;
            }
            else
            {
                // Then it must be wholly absent, which the comparison below says.
                _unanswered = [];
                Vanished++;
            }
        }

        List<string> differences = [];
        foreach (string path in _files.Keys.Union(found.Keys))
        {
            BlobHash? expected = _files.TryGetValue(path, out BlobHash hash) ? hash : null;
            if (Has(found, path) != expected)
            {
                differences.Add($"{path}: {Show(expected)} was acknowledged, {Show(Has(found, path))} is there");
            }
        }

        return differences;
    }

    /// <summary>Files whose bytes are to be read: all that changed since the last time, and some that did not.</summary>
    public IReadOnlyList<(string Path, BlobHash Hash)> TakeForReading(Random random, int others)
    {
        List<(string, BlobHash)> chosen = [];
        double share = _files.Count == 0 ? 0 : (double)others / _files.Count;
        foreach ((string path, BlobHash hash) in _files)
        {
            if (_touched.Contains(path) || random.NextDouble() < share)
            {
                chosen.Add((path, hash));
            }
        }

        _touched.Clear();
        return chosen;
    }

    private static BlobHash? Has(IReadOnlyDictionary<string, BlobHash> found, string path) =>
        found.TryGetValue(path, out BlobHash hash) ? hash : null;

    private static string Show(BlobHash? hash) => hash is { } known ? known.ToString()[..12] : "nothing";

    private void Apply()
    {
        foreach ((string path, BlobHash? hash) in _unanswered)
        {
            if (hash is { } bytes)
            {
                _files[path] = bytes;
            }
            else
            {
                _files.Remove(path);
            }
        }

        _unanswered = [];
    }
}
