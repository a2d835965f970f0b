using Hutch.Site.Engines.Segments;

namespace Hutch.Buckets;

/// <summary>
/// The folder's own record of its objects in the bucket: <c>bucket/objects.txt</c>. Every change is durable when its method returns.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class FolderRecord
{
    public const string FolderName = SegmentInspection.BucketFolder;

    private const string FileName = SegmentInspection.BucketRecord;

    private readonly Lock _gate = new();
    private readonly IDisk _disk;
    private readonly string _path;
    private readonly Dictionary<string, StoredSegment> _live = new(StringComparer.Ordinal);
    private readonly List<StoredSegment> _retired = [];
    private SegmentList _header;

    private FolderRecord(IDisk disk, string dataFolder, SegmentList list)
    {
        (_disk, _path, _header) = (disk, PathOf(dataFolder), list);
        foreach (StoredSegment segment in list.Segments)
        {
            if (segment.RetiredAt is null)
            {
                _live[segment.Segment] = segment;
            }
            else
            {
                _retired.Add(segment);
            }
        }
    }

    /// <summary>The header: identity, life, list number, copy of the accounts.</summary>
    public SegmentList Header
    {
        get
        {
            lock (_gate)
            {
                return _header;
            }
        }
    }

    /// <summary>The segments in use that the bucket has.</summary>
    public IReadOnlyList<StoredSegment> Live
    {
        get
        {
            lock (_gate)
            {
                return [.. _live.Values];
            }
        }
    }

    /// <summary>The segments that were retired, whose objects still exist.</summary>
    public IReadOnlyList<StoredSegment> Retired
    {
        get
        {
            lock (_gate)
            {
                return [.. _retired];
            }
        }
    }

    /// <summary>Reads the record of a folder; null when it has none.</summary>
    /// <exception cref="HutchException">It is damaged.</exception>
    public static FolderRecord? Read(IDisk disk, string dataFolder)
    {
        string path = PathOf(dataFolder);
        if (!disk.FileExists(path))
        {
            return null;
        }

        SegmentList list = SegmentList.Parse(disk.ReadAllBytes(path, SegmentList.MaxBytes)) ?? throw ErrorCode.BadConfiguration.With(
            $"{Display.Quote(path)}, the record of the segments in the bucket, is damaged. Restore it from a copy of the disk, or rebuild "
            + "the folder from the bucket: `hutch rebuild --from-bucket` into an empty folder. Nothing was changed.").ToException();
        return new FolderRecord(disk, dataFolder, list);
    }

    /// <summary>Begins the record of a folder. Durable on return.</summary>
    public static FolderRecord Begin(IDisk disk, string dataFolder, SegmentList list)
    {
        string folder = Path.Combine(dataFolder, FolderName);
        disk.CreateFolder(folder);
        disk.SyncFolder(dataFolder);
        var record = new FolderRecord(disk, dataFolder, list);
        record.Save();
        return record;
    }

    public StoredSegment? Find(string segment)
    {
        lock (_gate)
        {
            return _live.GetValueOrDefault(segment);
        }
    }

    public void Set(Func<SegmentList, SegmentList> change)
    {
        lock (_gate)
        {
            SegmentList before = _header;
            _header = change(before);
            try
            {
                Save();
            }
            catch
            {
                _header = before;
                throw;
            }
        }
    }

    /// <summary>Notes that a segment is no longer in use, before its file is removed.</summary>
    /// <param name="highest">The highest number of a segment.</param>
    public void Retire(string segment, long highest)
    {
        lock (_gate)
        {
            if (!_live.Remove(segment, out StoredSegment? stored))
            {
                return;
            }

            _retired.Add(stored with { RetiredAt = highest });
            try
            {
                Save();
            }
            catch
            {
                _retired.RemoveAt(_retired.Count - 1);
                _live[segment] = stored;
                throw;
            }
        }
    }

    /// <summary>Notes a list that the bucket has now.</summary>
    /// <param name="added">The segments that are new in it. One whose file is gone meanwhile counts as retired.</param>
    /// <param name="unlisted">Retired segments that it lacks.</param>
    public void NoteList(
        SegmentList list, IReadOnlyList<StoredSegment> added, IReadOnlyCollection<StoredSegment> unlisted, Func<string, bool> isThere)
    {
        lock (_gate)
        {
            _header = _header with { Number = list.Number, Zone = list.Zone };
            foreach (StoredSegment segment in added)
            {
                StoredSegment? before = _live.GetValueOrDefault(segment.Segment);
                if (before is not null)
                {
                    // It moved: the list names the new place, so that the old object can go.
                    _retired.Add(before with { RetiredAt = 0, IsUnlisted = true });
                }

                if (before is not null || (!segment.IsNearline && isThere(segment.Segment)))
                {
                    _live[segment.Segment] = segment;
                }
                else
                {
                    _retired.Add(segment with { RetiredAt = 0 });
                }
            }

            for (int i = 0; i < _retired.Count; i++)
            {
                _retired[i] = unlisted.Contains(_retired[i]) ? _retired[i] with { IsUnlisted = true } : _retired[i];
            }

            Save();
        }
    }

    /// <summary>Forgets objects that were deleted.</summary>
    public void Forget(IReadOnlySet<string> objects)
    {
        lock (_gate)
        {
            if (_retired.RemoveAll(segment => objects.Contains(segment.Object)) > 0)
            {
                Save();
            }
        }
    }

    private static string PathOf(string dataFolder) => Path.Combine(dataFolder, FolderName, FileName);

    private void Save() =>
        AtomicFile.Replace(_disk, _path, (_header with { Segments = [.. _live.Values, .. _retired] }).ToBytes());
}
