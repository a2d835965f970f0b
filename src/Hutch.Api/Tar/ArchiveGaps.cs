namespace Hutch.Api.Tar;

/// <summary>
/// The files that an archive lacks because the stored bytes are damaged or gone. The list is the last member, under a unique name.
/// </summary>
internal sealed class ArchiveGaps
{
    private const string Stem = "MISSING";
    private const string Extension = ".txt";
    private const string Head =
        "Not in this archive, because their stored bytes are damaged, or were temporary and made room for newer data. "
        + "`hutch verify` says which; the operator of the server can repair what is damaged.\n\n";

    private readonly StringBuilder _lines = new();
    private readonly HashSet<string> _leftOut = new(StringComparer.Ordinal);
    private long _highestTaken = -1;

    public bool Any => _lines.Length > 0;

    public string Name => _highestTaken < 0
        ? Stem + Extension
        : string.Create(CultureInfo.InvariantCulture, $"{Stem}-{_highestTaken + 1}{Extension}");

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(Head + _lines);

    public bool IsLeftOut(string path) => _leftOut.Contains(path);

    /// <summary>Keeps the name of the list apart from the names in the archive, capitals ignored.</summary>
    public void Pass(string path)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        ReadOnlySpan<char> top = slash < 0 ? path : path.AsSpan(0, slash);
        if (!top.StartsWith(Stem, StringComparison.OrdinalIgnoreCase) || !top.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        ReadOnlySpan<char> number = top[Stem.Length..^Extension.Length];
        if (number.IsEmpty)
        {
            _highestTaken = Math.Max(_highestTaken, 0);
        }
        else if (number[0] == '-' && int.TryParse(number[1..], NumberStyles.None, CultureInfo.InvariantCulture, out int taken))
        {
            _highestTaken = Math.Max(_highestTaken, taken);
        }
    }

    public void LeaveOut(PathEntry file)
    {
        _leftOut.Add(file.Path.Value);
        _lines.AppendLine(CultureInfo.InvariantCulture, $"{Display.Quote(file.Path.Value)}  sha256:{file.Entry.Hash}");
    }

    /// <summary>Notes a large file whose damage was found after its first bytes were sent: zeros replace the rest.</summary>
    public void Cut(PathEntry file, long good) => _lines.AppendLine(
        CultureInfo.InvariantCulture,
        $"{Display.Quote(file.Path.Value)}  sha256:{file.Entry.Hash}  in the archive, but not whole: zeros from byte {good} on");
}
