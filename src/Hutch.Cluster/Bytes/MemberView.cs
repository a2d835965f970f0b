using System.Diagnostics.CodeAnalysis;
using Hutch.Storage.Caching;

namespace Hutch.Cluster.Bytes;

/// <summary>
/// The location of each member, as far as this server has applied the log. Also collects what the next row of this server must report: the
/// extents that it wrote and the damage that it found. Thread-safe; rows are applied by one thread at a time.
/// </summary>
public sealed class MemberView : ILogMembers, IAsyncDisposable
{
    /// <summary>The number of rows whose bodies are remembered until they are applied: those of a group, and a few that failed.</summary>
    private const int MaxDescribed = 16;

    private readonly MemberDatabase _database;
    private readonly ByteCache _cache;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredExtent> _extents = new(StringComparer.Ordinal);
    private readonly HashSet<DamagedMember> _damaged = [];
    private readonly List<(ReadOnlyMemory<byte> Directory, LogMember[] Members)> _described = [];
    private volatile bool _hasDamage;
    private long _unannouncedFrom;
    private LogPosition _applied;

    internal MemberView(MemberDatabase database, ByteCache cache)
    {
        (_database, _cache) = (database, cache);
        _database.Write(static writer =>
        {
            writer.DeleteUnannounced();
            return 0;
        });
        ((long number, Guid id), _hasDamage, List<DamageRow> unnoticed) =
            _database.Read(static queries => (queries.Applied, queries.HasDamage, queries.UnnoticedDamage()));
        _applied = new LogPosition(number, id);
        _damaged.UnionWith(unnoticed.Select(static row => new DamagedMember(row.Number, row.Place, row.ObjectName)));
    }

    public LogPosition Applied
    {
        get
        {
            lock (_gate)
            {
                return _applied;
            }
        }
    }

    /// <summary>Raised for each applied row in order, before <see cref="Applied"/> changes. Handlers must be quick.</summary>
    public event Action<LogDirectory>? RowApplied;

    /// <summary>Returns the record up to which all operations of this server have seen the log; null until its site is open.</summary>
    public Func<long>? Seen { get; set => Volatile.Write(ref field, value); }

    /// <summary>The value of <see cref="Seen"/> when the oldest unrecorded extent was written; null without any.</summary>
    public long? UnannouncedFrom
    {
        get
        {
            lock (_gate)
            {
                return _extents.Count > 0 ? _unannouncedFrom : null;
            }
        }
    }

    public bool HasDamage => _hasDamage;

    public ReadOnlyMemory<byte> Describe(IReadOnlyList<LogMember> members, IReadOnlyList<ulong> reliedUpon)
    {
        lock (_gate)
        {
            byte[] directory = new LogDirectory
            {
                Members = LogDirectory.Lay(members),
                Extents = [.. _extents.Values],
                Damaged = [.. _damaged],
                ReliedUpon = reliedUpon,
            }.ToBytes();
            if (_described.Count == MaxDescribed)
            {
                _described.RemoveAt(0);
            }

            _described.Add((directory, [.. members]));
            return directory;
        }
    }

    public void Apply(IReadOnlyList<LogRow> rows)
    {
        LogDirectory[] directories = [.. rows.Select(static row => LogDirectory.Read(row.Directory))];
        _database.Write(writer =>
        {
            foreach ((LogRow row, LogDirectory directory) in rows.Zip(directories))
            {
                MemberIndexUpdater.Write(writer, row, directory);
            }

            return 0;
        });
        foreach ((LogRow row, LogDirectory directory) in rows.Zip(directories))
        {
            Publish(row, directory);
        }
    }

    private void Publish(LogRow row, LogDirectory directory)
    {
        KeepBodies(row, directory);

        // Before the row counts as applied: a reader that has seen the number knows that the event was raised.
        RowApplied?.Invoke(directory);
        lock (_gate)
        {
            _applied = row.Position;
            _damaged.ExceptWith(directory.Damaged);
            foreach (StoredExtent extent in directory.Extents)
            {
                _extents.Remove(ObjectNames.For(extent));
            }
        }

        _hasDamage |= directory.Damaged.Count > 0;
    }

    public void Clear()
    {
        _cache.Clear();
        lock (_gate)
        {
            // Extents that this server wrote and has not recorded still exist, whatever the log is.
            _database.Write(writer =>
            {
                writer.Clear();
                foreach ((string name, StoredExtent extent) in _extents)
                {
                    writer.AddExtent(MemberIndexUpdater.From(extent), row: null);
                }

                return 0;
            });
            _applied = default;
            _hasDamage = false;
            _damaged.Clear();
        }
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <summary>Finds the newest good copy of a member; of an extent, the copy that the log mentioned first.</summary>
    internal bool TryLocate(MemberKey key, bool lastingOnly, out MemberLocation location)
    {
        MemberWords words = MemberIndexUpdater.WordsOf(key);
        MemberRow? found = _database.Read(queries =>
            (key.Kind == MemberKind.Extent ? queries.FindExtent(words, lastingOnly) : null) ?? queries.FindMember(words, lastingOnly));
        location = found is { } row
            ? new MemberLocation(row.Number, row.Place, row.Length, row.Crc32C, row.IsTransient)
            : default;
        return found is not null;
    }

    internal bool IsDamaged(MemberKey key) => _hasDamage && _database.Read(queries => queries.IsDamaged(MemberIndexUpdater.WordsOf(key)));

    /// <summary>Finds the object that holds a member; returns false while its row holds it.</summary>
    internal bool TryFindObject(MemberLocation location, [NotNullWhen(true)] out string? name, out long offset, out long length)
    {
        ObjectLocation? position = _database.Read(queries =>
            location.Segment > 0 ? queries.FindPack(location.Segment) : queries.FindObject(-location.Segment));
        (name, long start, length) = position ?? default;
        offset = location.Segment > 0 ? MemberOffset.From(location.Offset).InPack(start) : 0;
        return name is not null;
    }

    /// <summary>Notes a stored extent: this server finds it from now on, and the next row reports it to the others.</summary>
    internal void Add(StoredExtent extent)
    {
        string name = ObjectNames.For(extent);
        _database.Write(writer =>
        {
            writer.AddExtent(MemberIndexUpdater.From(extent), row: null);
            return 0;
        });
        long seen = Seen?.Invoke() ?? 0;
        lock (_gate)
        {
            _unannouncedFrom = _extents.Count > 0 ? Math.Min(seen, _unannouncedFrom) : seen;
            _extents[name] = extent;
        }
    }

    /// <summary>Puts a copy into quarantine: on this server at once, on the others with the next row.</summary>
    internal void Quarantine(DamagedMember damaged)
    {
        _database.Write(writer =>
        {
            writer.AddDamage(new DamageRow(damaged.Row, damaged.Place, damaged.ObjectName), row: null);
            return 0;
        });
        lock (_gate)
        {
            _damaged.Add(damaged);
        }

        _hasDamage = true;
    }

    /// <summary>Erases deleted rows from the files of this server, copies included; returns false when a reader was in the way.</summary>
    internal bool TryWipe()
    {
        _cache.Clear();
        return _database.TryWipe();
    }

    internal void Remove(IReadOnlyList<string> condemned) => _database.Write(writer =>
    {
        foreach (string name in condemned)
        {
            writer.DeleteCondemned(name);
        }

        return 0;
    });

    internal T Read<T>(Func<MemberQueries, T> work) => _database.Read(work);

    /// <summary>Caches the bodies that this server has just written, since they will probably be read first.</summary>
    private void KeepBodies(LogRow row, LogDirectory directory)
    {
        LogMember[]? members = null;
        lock (_gate)
        {
            int index = _described.FindIndex(described => described.Directory.Equals(row.Directory));
            if (index >= 0)
            {
                members = _described[index].Members;
                _described.RemoveRange(0, index + 1);
            }
        }

        MemberOffset position = MemberOffset.First;
        for (int i = 0; i < members?.Length; i++)
        {
            _cache.Add(CacheKey.OfRow(row.Number, position.ToNumber()), members[i].Body, members[i].Crc32C);
            position = position.After(directory.Members[i].Length);
        }
    }
}
