using System.IO.Pipelines;
using Hutch.Datasets.Files;
using Hutch.Formats.Microscopy.Sessions;

namespace Hutch.Datasets.Microscopes;

/// <summary>Reads the files of one version that describe a session.</summary>
/// <param name="known">What files say that were read before.</param>
internal sealed class SessionReading(
    DatasetId id, EntryService opener, IReadOnlyDictionary<(BlobHash Hash, SessionFileKind Kind), SessionFile>? known)
{
    /// <summary>The most files of a dataset that are looked at.</summary>
    private const int MaxFiles = 2_000_000;

    /// <summary>The most bytes that are read for one table.</summary>
    private const long MaxBytes = 4L << 30;

    private readonly List<string> _paths = [];
    private readonly List<SessionFile> _read = [];
    private readonly List<Remark> _remarks = [];
    private readonly Dictionary<(BlobHash Hash, SessionFileKind Kind), SessionFile> _files = [];
    private long _bytes;

    public IReadOnlyList<string> Paths => _paths;

    public IReadOnlyList<SessionFile> Read => _read;

    public IReadOnlyList<Remark> Remarks => _remarks;

    public IReadOnlyDictionary<(BlobHash Hash, SessionFileKind Kind), SessionFile> Files => _files;

    /// <summary>False if bytes could not be read now: another attempt may read them.</summary>
    public bool IsComplete { get; private set; } = true;

    public async Task ReadAsync(IAsyncEnumerable<PathEntry> entries, CancellationToken ct)
    {
        await foreach ((DatasetPath path, Entry entry) in entries.WithCancellation(ct))
        {
            if (entry.Kind != EntryKind.File || ReservedNames.IsMarker(path.Value))
            {
                continue;
            }

            if (_paths.Count == MaxFiles)
            {
                _remarks.Add(new Remark($"Only the first {MaxFiles} files of the dataset are looked at.", null));
                return;
            }

            _paths.Add(path.Value);
            SessionFileKind kind = SessionNames.KindOf(path.Value);
            if (kind != SessionFileKind.Other)
            {
                await AddAsync(path, entry, kind, ct);
            }
        }
    }

    private async Task AddAsync(DatasetPath path, Entry entry, SessionFileKind kind, CancellationToken ct)
    {
        if (!_files.TryGetValue((entry.Hash, kind), out SessionFile? file)
            && known?.TryGetValue((entry.Hash, kind), out file) != true)
        {
            if (entry.Size > SessionNames.MaxBytes(kind))
            {
                int most = SessionNames.MaxBytes(kind);
                _remarks.Add(new Remark($"It has {entry.Size} bytes and is not read: such files have at most {most}.", path.Value));
                return;
            }

            if (_bytes + entry.Size > MaxBytes)
            {
                _remarks.Add(new Remark("It is not read: the files that describe the session are too large together.", path.Value));
                return;
            }

            _bytes += entry.Size;
            file = await ReadAsync(path, entry, kind, ct);
        }

        if (file is not null)
        {
            _files[(entry.Hash, kind)] = file;
            _read.Add(file with { Path = path.Value });
        }
    }

    private async Task<SessionFile?> ReadAsync(DatasetPath path, Entry entry, SessionFileKind kind, CancellationToken ct)
    {
        try
        {
            OpenedEntry opened = (await opener.OpenAsync(id, path, entry, ct)).Value;
            using var bytes = new MemoryStream((int)entry.Size);
            PipeWriter writer = PipeWriter.Create(bytes, new StreamPipeWriterOptions(leaveOpen: true));
            await opened.Content!.CopyToAsync(writer, 0, opened.Content.Size, ct);
            await writer.CompleteAsync();
            return SessionFile.Read(path.Value, kind, bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
        }
        catch (HutchException e)
        {
            IsComplete = false;
            _remarks.Add(new Remark($"Its bytes could not be read: {e.Message}", path.Value));
            return null;
        }
    }
}
