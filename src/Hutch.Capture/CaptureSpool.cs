using System.Security.Cryptography;
using Hutch.Disk.Folders;

namespace Hutch.Capture;

/// <summary>
/// Messages on a local disk that were received and are not stored yet, so that they survive the end of this process. Bounded: when it is
/// full, messages wait in memory alone.
/// </summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="maxBytes">The most bytes of all files together.</param>
/// <param name="tell">Receives a sentence when it is full, or its disk fails.</param>
internal sealed class CaptureSpool(string folder, long maxBytes, TimeProvider time, Action<string> tell)
{
    private const int KeyDigits = 16;
    private const long ReserveBytes = 1L << 30;

    private readonly Lock _gate = new();
    private long _used;
    private long _lastTicks;
    private bool _isTold;

    public string Folder => folder;

    /// <summary>Begins the files of a series.</summary>
    public SeriesSpool Begin(string series)
    {
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(series)))[..KeyDigits];
        lock (_gate)
        {
            _lastTicks = Math.Max(_lastTicks + 1, time.GetUtcNow().UtcTicks);
            return new SeriesSpool(this, series, Path.Combine(folder, FormattableString.Invariant($"{_lastTicks:x16}-{key}")));
        }
    }

    /// <summary>Returns the series of an earlier process with their messages, in the order in which they began.</summary>
    public IReadOnlyList<(SeriesSpool Spool, IReadOnlyList<SpooledMessage> Messages)> Load()
    {
        if (!SmallFile.FolderExists(folder))
        {
            return [];
        }

        var all = new List<(SeriesSpool, IReadOnlyList<SpooledMessage>)>();
        foreach (IGrouping<string, string> one in Directory.GetFiles(folder, "*" + SpoolFile.Ending).Order(StringComparer.Ordinal)
            .GroupBy(static path => path[..path.LastIndexOf('-')]))
        {
            NoteTime(Path.GetFileName(one.Key));
            var messages = new List<SpooledMessage>();
            SpoolFile[] files = [.. one.Select(path => Open(path, messages)).OfType<SpoolFile>()];
            if (files.Length > 0)
            {
                all.Add((new SeriesSpool(this, files[0].Series, one.Key, files), messages));
            }
        }

        foreach (string path in Directory.GetFiles(folder, "*" + SeriesSpool.DatasetEnding))
        {
            if (!all.Any(one => path == one.Item1.Path + SeriesSpool.DatasetEnding))
            {
                SmallFile.Delete(path); // the process was killed before a message, or behind the last one
            }
        }

        return all;
    }

    /// <summary>Takes space for some bytes; false when the spool or its disk is full.</summary>
    internal bool TryTake(long bytes, bool isNewFile)
    {
        lock (_gate)
        {
            bool hasSpace = _used + bytes <= maxBytes && (!isNewFile || HasFree(bytes));
            if (hasSpace)
            {
                _used += bytes;
                _isTold = false;
            }
            else
            {
                Tell($"The spool in {Display.Quote(folder)} is full ({Display.Bytes(_used)}): images wait in memory alone, and are dropped "
                    + "and counted when that is full, too.");
            }

            return hasSpace;
        }
    }

    /// <summary>Counts bytes that were written without a question: the beginning of a file.</summary>
    internal void Take(long bytes) => Return(-bytes);

    internal void Return(long bytes)
    {
        lock (_gate)
        {
            _used -= bytes;
        }
    }

    /// <summary>Tells that the disk fails, once in a while.</summary>
    internal void Fail(string why)
    {
        lock (_gate)
        {
            Tell($"The spool in {Display.Quote(folder)} cannot be written: {why} Images wait in memory alone.");
        }
    }

    // Series that begin now come after those that are there, also when the clock was put back in between.
    private void NoteTime(string name)
    {
        lock (_gate)
        {
            _lastTicks = long.TryParse(name.Split('-')[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long ticks)
                ? Math.Max(_lastTicks, ticks)
                : _lastTicks;
        }
    }

    private void Tell(string sentence)
    {
        if (!_isTold)
        {
            _isTold = true;
            tell(sentence);
        }
    }

    private bool HasFree(long bytes)
    {
        SmallFile.MakePrivateFolder(folder);
        return new DriveInfo(folder).AvailableFreeSpace - bytes >= Math.Min(ReserveBytes, maxBytes);
    }

    private SpoolFile? Open(string path, List<SpooledMessage> messages)
    {
        try
        {
            if (SpoolFile.Open(path, messages) is { } file)
            {
                Take(file.Length);
                return file;
            }

            SmallFile.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(e.Message);
        }

        return null;
    }
}
