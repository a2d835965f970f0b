namespace Hutch.Site.Platform.Fairness;

/// <summary>A running request or job: its user, its urgency, and the bytes that it has moved so far. Thread-safe.</summary>
public sealed class ActiveRequest
{
    private readonly ActiveRequests _registry;
    private long _bytesRead;
    private long _bytesWritten;
    private int _class;

    internal ActiveRequest(
        ActiveRequests registry, string user, RequestClass requestClass, string door, string what, string? from, DateTimeOffset started)
    {
        _registry = registry;
        _class = (int)requestClass;
        User = user;
        Door = door;
        From = from;
        What = what;
        Started = started;
    }

    /// <summary>The user; empty for the server's own work.</summary>
    public string User { get; }

    public string Door { get; }

    public string What { get; private set; }

    /// <summary>The network of a caller without an account. In memory only: it is never written.</summary>
    public string? From { get; }

    public string? Dataset { get; private set; }

    public DateTimeOffset Started { get; }

    /// <summary>The dataset that it reads from another site; null when the bytes are local.</summary>
    public DatasetReading? Reading { get; set; }

    public RequestClass Class => (RequestClass)Volatile.Read(ref _class);

    public long BytesRead => Volatile.Read(ref _bytesRead);

    public long BytesWritten => Volatile.Read(ref _bytesWritten);

    /// <summary>Describes the work more exactly, once that is known.</summary>
    public void Describe(string what, string? dataset)
    {
        What = what;
        Dataset = dataset;
    }

    /// <summary>Announces the bytes that it will move. From the limit on, interactive work becomes bulk: no one waits in a hurry.</summary>
    public void Expect(long bytes)
    {
        if (bytes > _registry.InteractiveBytes
            && Class == RequestClass.Interactive
            && Interlocked.CompareExchange(ref _class, (int)RequestClass.Bulk, (int)RequestClass.Interactive) == (
                int)RequestClass.Interactive)
        {
            _registry.Moved(RequestClass.Interactive, RequestClass.Bulk);
        }
    }

    internal void NoteRead(long bytes)
    {
        long all = Interlocked.Add(ref _bytesRead, bytes);
        _registry.Count(Class, bytes, 0);
        Expect(all);
    }

    internal void NoteWritten(long bytes)
    {
        long all = Interlocked.Add(ref _bytesWritten, bytes);
        _registry.Count(Class, 0, bytes);
        Expect(all);
    }
}
