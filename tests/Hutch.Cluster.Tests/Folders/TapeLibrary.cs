using Hutch.Buckets.Nearline;
using Hutch.Disk;
using Hutch.Objects;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>Tapes in memory, which outlast the server and its disk. Each tape has a number of segments, in the order in which they came.</summary>
internal sealed class TapeLibrary
{
    private readonly Lock _gate = new();
    private readonly List<(string Name, byte[] Bytes)> _tapes = [];
    private readonly HashSet<string> _mounted = [];

    /// <summary>The number of segments of a tape.</summary>
    public int PerTape { get; init; } = 4;

    /// <summary>Awaited at each mount.</summary>
    public Func<string, Task> Mounting { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Changes the bytes of each recall.</summary>
    public Func<byte[], byte[]> Reading { get; set; } = static bytes => bytes;

    /// <summary>Refuses to remove with a reason; null removes.</summary>
    public string? Locked { get; set; }

    /// <summary>The names that were recalled, a list for each mount.</summary>
    public List<List<string>> Mounts { get; } = [];

    /// <summary>The most mounts at one time.</summary>
    public int MostMounted { get; private set; }

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate)
            {
                return [.. _tapes.Select(static one => one.Name)];
            }
        }
    }

    public bool Has(byte[] bytes)
    {
        lock (_gate)
        {
            return _tapes.Any(one => one.Bytes.AsSpan().IndexOf(bytes) >= 0);
        }
    }

    public void Lose(string name)
    {
        lock (_gate)
        {
            _tapes.RemoveAll(one => one.Name == name);
        }
    }

    /// <summary>Forgets the mounts so far, among them those that compared what was stored.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            Mounts.Clear();
            MostMounted = 0;
        }
    }

    /// <summary>The library for a server with that disk.</summary>
    public INearline For(IDisk disk) => new Server(this, disk);

    private sealed class Server(TapeLibrary library, IDisk disk) : INearline
    {
        public string Name => "the tape library";

        public Task PutAsync(string name, string path, CancellationToken ct)
        {
            using IDiskFile file = disk.Open(path, DiskAccess.Read);
            var bytes = new byte[file.Length];
            file.ReadFully(bytes, 0);
            lock (library._gate)
            {
                library._tapes.RemoveAll(one => one.Name == name);
                library._tapes.Add((name, bytes));
            }

            return Task.CompletedTask;
        }

        public Task ArchiveAsync(string name, CancellationToken ct) => Task.CompletedTask;

        public async Task StageAsync(IReadOnlyList<StagedFile> files, Action<string> came, CancellationToken ct)
        {
            string tape;
            lock (library._gate)
            {
                tape = Place(files[0].Name).Split(':')[0];
                Assert.True(library._mounted.Add(tape), $"{tape} is mounted twice");
                library.MostMounted = Math.Max(library.MostMounted, library._mounted.Count);
                library.Mounts.Add([]);
            }

            List<string> mount = library.Mounts[^1];
            try
            {
                await library.Mounting(tape).WaitAsync(ct);
                foreach (StagedFile file in files)
                {
                    byte[] bytes;
                    lock (library._gate)
                    {
                        mount.Add(file.Name);
                        bytes = library.Reading(library._tapes.Find(one => one.Name == file.Name).Bytes);
                    }

                    using (IDiskFile written = disk.Open(file.Path, DiskAccess.CreateNew))
                    {
                        written.Write(bytes, 0);
                    }

                    came(file.Name);
                }
            }
            finally
            {
                lock (library._gate)
                {
                    library._mounted.Remove(tape);
                }
            }
        }

        public Task<IReadOnlyDictionary<string, NearlineState>> FindStatesAsync(IReadOnlyList<string> names, CancellationToken ct)
        {
            lock (library._gate)
            {
                return Task.FromResult<IReadOnlyDictionary<string, NearlineState>>(
                    names.Where(name => library._tapes.Exists(one => one.Name == name))
                        .ToDictionary(static name => name, name => new NearlineState(true, Place(name))));
            }
        }

        public Task<IReadOnlyList<UndeletedObject>> RemoveAsync(IReadOnlyList<string> names, CancellationToken ct)
        {
            if (library.Locked is { } why)
            {
                return Task.FromResult<IReadOnlyList<UndeletedObject>>([.. names.Select(name => new UndeletedObject(name, why))]);
            }

            foreach (string name in names)
            {
                library.Lose(name);
            }

            return Task.FromResult<IReadOnlyList<UndeletedObject>>([]);
        }

        private string Place(string name)
        {
            int at = library._tapes.FindIndex(one => one.Name == name);
            return $"T{at / library.PerTape:d3}:{at:d6}";
        }
    }
}
