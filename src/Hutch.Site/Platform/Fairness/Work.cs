namespace Hutch.Site.Platform.Fairness;

/// <summary>A request or a job that is under way: for whom, how urgent, and what it has moved so far. Thread-safe.</summary>
public sealed class Work
{
    private readonly WorkRegistry _registry;
    private long _bytesRead;
    private long _bytesWritten;
    private int _class;

    internal Work(WorkRegistry registry, string user, WorkClass workClass, string door, string what, string? from, DateTimeOffset started)
    {
        _registry = registry;
        _class = (int)workClass;
        User = user;
        Door = door;
        From = from;
        What = what;
        Started = started;
    }

    /// <summary>For whom; empty for the server's own.</summary>
    public string User { get; }

    public string Door { get; }

    public string What { get; private set; }

    /// <summary>For who has no account: the network from which they ask. In memory only: it is written nowhere.</summary>
    public string? From { get; }

    /// <summary>The dataset, as the request names it; null when it is about none.</summary>
    public string? Dataset { get; private set; }

    public DateTimeOffset Started { get; }

    /// <summary>What it reads of a dataset whose bytes are at another site; null when they are here.</summary>
    public DatasetReading? Reading { get; set; }

    public WorkClass Class => (WorkClass)Volatile.Read(ref _class);

    public long BytesRead => Volatile.Read(ref _bytesRead);

    public long BytesWritten => Volatile.Read(ref _bytesWritten);

    /// <summary>Says more exactly what is done, once that is known.</summary>
    public void Describe(string what, string? dataset)
    {
        What = what;
        Dataset = dataset;
    }

    /// <summary>
    /// Says how much it will move. Who waits for a lot is not in a hurry: from the limit on, what was interactive is bulk.
    /// </summary>
    public void Expect(long bytes)
    {
        if (bytes > _registry.InteractiveBytes
            && Class == WorkClass.Interactive
            && Interlocked.CompareExchange(ref _class, (int)WorkClass.Bulk, (int)WorkClass.Interactive) == (int)WorkClass.Interactive)
        {
            _registry.Moved(WorkClass.Interactive, WorkClass.Bulk);
        }
    }

    /// <summary>Notes bytes that were read from the disk.</summary>
    internal void NoteRead(long bytes)
    {
        long all = Interlocked.Add(ref _bytesRead, bytes);
        _registry.Count(Class, bytes, 0);
        Expect(all);
    }

    /// <summary>Notes bytes that were written to the disk.</summary>
    internal void NoteWritten(long bytes)
    {
        long all = Interlocked.Add(ref _bytesWritten, bytes);
        _registry.Count(Class, 0, bytes);
        Expect(all);
    }
}
